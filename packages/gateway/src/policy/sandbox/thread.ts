import { Worker } from 'node:worker_threads';
import { BonafideError } from '@bonafide/core/errors';
import type { Asked, Said } from './worker.ts';

/** A running worker. */
export interface Thread {
  ask(asked: Asked): void;
  /** Resolves once nothing of it runs any more; from now on it says nothing. */
  stop(): Promise<void>;
}

interface Listener {
  onSaid(said: Said): void;
  /** It ended by itself. */
  onExit(reason: Error): void;
}

/** With less stack than the thread that decides, so that what passes here cannot overflow there. */
const resourceLimits = { stackSizeMb: 1, maxOldGenerationSizeMb: 256 };

export function startThread(operatorPolicy: string, { onSaid, onExit }: Listener): Thread {
  // The emitted file is JavaScript, the one in the source tree TypeScript; a URL is not rewritten by the compiler.
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
  const worker = new Worker(new URL(file, import.meta.url), {
    workerData: { operatorPolicy },
    resourceLimits,
  });
  // While it works a timer holds the process.
  worker.unref();
  let isOver = false;
  const end = (cause: unknown): void => {
    if (isOver) return;
    isOver = true;
    onExit(new BonafideError('UNAVAILABLE', 'The policy engine ended. Try again.', { cause }));
  };
  worker.on('message', (said: Said) => {
    if (!isOver) onSaid(said);
  });
  worker.on('error', end);
  worker.on('exit', end);
  return {
    ask: (asked) => worker.postMessage(asked),
    async stop() {
      isOver = true;
      await worker.terminate();
    },
  };
}
