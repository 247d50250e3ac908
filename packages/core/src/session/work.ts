import type { Client } from '../client/types.ts';
import { BonafideError, TimeoutError } from '../errors.ts';
import type { Task } from '../models/task.ts';
import { delay } from '../transport/deadline.ts';
import type { TaskRun, Worker, WorkOptions } from './types.ts';

/** How long one question for tasks waits, and how much longer its answer may take. */
const WAIT_SECONDS = 25;
const ANSWER_MS = 30_000;
/** How long the gateway has to answer once nothing more is wanted of it. */
const CANCELLED_MS = 2000;
/** A report must get through also when the gateway starts again just then. */
const REPORT_MS = 120_000;
const PAUSE_AFTER_FAILURE_MS = 1000;
const LONGEST_ERROR = 4000;

export type ClaimInput = NonNullable<Parameters<Client['tasks']['claim']>[0]>;

export interface WorkContext {
  readonly client: Pick<Client, 'tasks'>;
  /** Asks for tasks. Once `cancel` is aborted it asks no longer, but what was given by then still comes, however late. */
  readonly claim: (
    question: ClaimInput,
    options: { readonly cancel: AbortSignal },
  ) => Promise<readonly Task[]>;
  /** Ends with the session. */
  readonly signal: AbortSignal;
  readonly reportError: (error: unknown) => void;
}

export function startWork(
  context: WorkContext,
  { options, handler }: { readonly options: WorkOptions; readonly handler: (run: TaskRun) => unknown },
): Worker {
  const { concurrency = 1 } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 100) {
    throw new BonafideError('VALIDATION_FAILED', '`concurrency` is a whole number from 1 to 100.');
  }
  return new TaskWorker(context, { options: { ...options, concurrency }, handler });
}

class TaskWorker implements Worker {
  readonly #context: WorkContext;
  readonly #options: WorkOptions & { readonly concurrency: number };
  readonly #handler: (run: TaskRun) => unknown;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #done: Promise<void>;

  constructor(
    context: WorkContext,
    {
      options,
      handler,
    }: {
      readonly options: WorkOptions & { readonly concurrency: number };
      readonly handler: (run: TaskRun) => unknown;
    },
  ) {
    this.#context = context;
    this.#options = options;
    this.#handler = handler;
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new BonafideError('UNAVAILABLE', 'The worker was stopped.'));
    await this.#done;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #run(): Promise<void> {
    const signal = AbortSignal.any([this.#stopping.signal, this.#context.signal]);
    while (!signal.aborted) {
      try {
        await this.#waitForRoom();
        if (!signal.aborted) await this.#take(signal);
      } catch (error) {
        if (signal.aborted) break;
        this.#context.reportError(error);
        await delay(PAUSE_AFTER_FAILURE_MS, signal).catch(() => undefined);
      }
    }
    await Promise.all(this.#running);
  }

  async #waitForRoom(): Promise<void> {
    if (this.#running.size >= this.#options.concurrency) await Promise.race(this.#running);
  }

  async #take(signal: AbortSignal): Promise<void> {
    const { taskTypes, implementation, concurrency } = this.#options;
    const question = {
      ...(taskTypes && { taskTypes: [...taskTypes] }),
      ...(implementation !== undefined && { implementation }),
      ...{ limit: concurrency - this.#running.size, waitSeconds: WAIT_SECONDS },
    };
    const cancel = AbortSignal.any([signal, AbortSignal.timeout(WAIT_SECONDS * 1000 + ANSWER_MS)]);
    const claimed = this.#context.claim(question, { cancel });
    const patience = startPatience(cancel);
    const tasks = await Promise.race([claimed, patience.over]).finally(patience.end);
    for (const task of tasks ?? []) this.#start(task);
    if (tasks) return;
    // What comes so late is nobody's work here, but it is held in our name.
    void claimed.then((late) => this.#giveBack(late)).catch(() => undefined);
    throw new TimeoutError('The gateway did not answer a question for tasks.');
  }

  async #giveBack(tasks: readonly Task[]): Promise<void> {
    const { client, signal, reportError } = this.#context;
    const error = 'The worker no longer waited for this task.';
    const options = { timeoutMs: REPORT_MS };
    for (const { taskId, attempt } of tasks) {
      await client.tasks.fail({ taskId, attempt, error }, options).catch((cause: unknown) => {
        if (!signal.aborted) reportError(cause);
      });
    }
  }

  #start(task: Task): void {
    const running = runTask(this.#context, { task, handler: this.#handler }).finally(() => {
      this.#running.delete(running);
    });
    this.#running.add(running);
  }
}

/** Over a while after the signal was aborted. */
function startPatience(signal: AbortSignal): { readonly over: Promise<undefined>; readonly end: () => void } {
  const { promise: over, resolve } = Promise.withResolvers<undefined>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onAbort = (): void => {
    timer = setTimeout(() => resolve(undefined), CANCELLED_MS);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return {
    over,
    end: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}

async function runTask(
  { client, signal, reportError }: WorkContext,
  { task, handler }: { readonly task: Task; readonly handler: (run: TaskRun) => unknown },
): Promise<void> {
  const held = holdTask(client, { task, signal });
  try {
    const outcome = await runHandler(held.run, handler);
    if (!held.isOver()) await report(client, task, outcome);
  } catch (error) {
    // The session is over, or another worker has the task: whichever it is, its outcome is not ours to tell.
    if (!signal.aborted) reportError(error);
  } finally {
    held.end();
  }
}

type Outcome = { readonly result: unknown } | { readonly error: unknown };

async function runHandler(run: TaskRun, handler: (run: TaskRun) => unknown): Promise<Outcome> {
  try {
    return { result: await handler(run) };
  } catch (error) {
    return { error };
  }
}

async function report(
  client: WorkContext['client'],
  { taskId, attempt }: Task,
  outcome: Outcome,
): Promise<void> {
  const options = { timeoutMs: REPORT_MS };
  if ('error' in outcome) {
    const { error } = outcome;
    const text = error instanceof Error ? error.message : String(error);
    await client.tasks.fail({ taskId, attempt, error: text.slice(0, LONGEST_ERROR) || 'Failed.' }, options);
    return;
  }
  // The schema of the operation checks that it is JSON.
  const result = outcome.result as Parameters<Client['tasks']['complete']>[0]['result'];
  await client.tasks.complete({ taskId, attempt, ...(result !== undefined && { result }) }, options);
}

interface HeldTask {
  readonly run: TaskRun;
  /** Paused by its handler, cancelled, or held by another: there is nothing to report. */
  isOver(): boolean;
  end(): void;
}

/** A task with its lease: its signal is aborted as soon as somebody else has it, or nobody. */
function holdTask(
  client: WorkContext['client'],
  { task, signal }: { readonly task: Task; readonly signal: AbortSignal },
): HeldTask {
  const { taskId, attempt } = task;
  const losing = new AbortController();
  const watching = new AbortController();
  let isPaused = false;
  const lose = (why: string): void =>
    losing.abort(new BonafideError('CONFLICT', why, { details: { taskId } }));
  const onRefused = (error: unknown): never => {
    if (BonafideError.is(error) && error.code === 'CONFLICT') losing.abort(error);
    throw error;
  };
  void watchTask(client, {
    task,
    signal: AbortSignal.any([watching.signal, signal]),
    lose: (why) => {
      if (!isPaused) lose(why);
    },
  });
  return {
    run: {
      task,
      signal: AbortSignal.any([losing.signal, signal]),
      report: async (progress) => {
        await client.tasks.reportProgress({ taskId, attempt, progress }).catch(onRefused);
      },
      pause: async (reason) => {
        isPaused = true;
        await client.tasks
          .pause({ taskId, attempt, ...(reason !== undefined && { reason }) })
          .catch(onRefused);
      },
    },
    isOver: () => isPaused || losing.signal.aborted,
    end: () => watching.abort(),
  };
}

async function watchTask(
  client: WorkContext['client'],
  {
    task,
    signal,
    lose,
  }: { readonly task: Task; readonly signal: AbortSignal; readonly lose: (why: string) => void },
): Promise<void> {
  const { taskId, attempt } = task;
  try {
    for await (const event of client.tasks.watch({ taskId }, { signal, onGap: () => undefined })) {
      const { status, attempt: current } = event.task;
      if (current === attempt && status === 'running') continue;
      if (current < attempt) continue;
      lose(`The task is ${status}, and its lease was lost.`);
      return;
    }
  } catch {
    // Without the stream the lease is still checked by every report, and by the completion.
  }
}
