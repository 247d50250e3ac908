import type { Logger } from 'pino';
import type { Config } from './config/schema.ts';
import type { Services } from './context.ts';
import { startLaunchWorker } from './launches/worker.ts';
import { startTaskWorker } from './tasks/worker.ts';
import { startTrustWorker } from './trust/worker.ts';
import { startWebhooks } from './webhooks/worker.ts';
import { startWorkflows } from './workflows/worker.ts';

/** What runs beside the requests. */
export interface Worker {
  /** Resolves once nothing of it runs any more. */
  stop(): Promise<void>;
}

export interface WorkerOptions {
  readonly services: Services;
  readonly config: Config;
  readonly log: Logger;
}

/** Starts everything that runs beside the requests. */
export function startWorkers(options: WorkerOptions): Worker {
  const workers: readonly Worker[] = [
    startTrustWorker(options),
    startTaskWorker(options),
    startLaunchWorker(options),
    startWebhooks(options),
    startWorkflows(options),
  ];
  return {
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}
