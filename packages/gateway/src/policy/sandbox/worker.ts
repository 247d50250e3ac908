import { parentPort, workerData } from 'node:worker_threads';
import { loadCedar } from '../cedar.ts';
import { createTasks, type Tasks } from './tasks.ts';

/** What the thread is asked, one at a time. */
export interface Asked<Kind extends keyof Tasks = keyof Tasks> {
  readonly kind: Kind;
  readonly input: Parameters<Tasks[Kind]>[0];
}

/** What it says: once that it is ready, then an answer to each question. */
export type Said = { readonly output: unknown } | { readonly failure: string } | 'ready';

/** The thread in which strangers' policies are read, with an instance of the engine that decides nothing. */
const { operatorPolicy } = workerData as { operatorPolicy: string };
const tasks = createTasks(loadCedar().cedar, operatorPolicy);
const say = (said: Said): void => parentPort?.postMessage(said);

parentPort?.on('message', ({ kind, input }: Asked) => {
  try {
    say({ output: (tasks[kind] as (input: Asked['input']) => unknown)(input) });
  } catch (error) {
    say({ failure: error instanceof Error ? error.message : String(error) });
  }
});
say('ready');
