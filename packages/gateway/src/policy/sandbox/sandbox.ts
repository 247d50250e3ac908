import { BonafideError, RateLimitError, TimeoutError, ValidationError } from '@bonafide/core/errors';
import { createFairQueue } from './queue.ts';
import type { Tasks } from './tasks.ts';
import { startThread, type Thread } from './thread.ts';
import type { Said } from './worker.ts';

export interface SandboxOptions {
  readonly operatorPolicy: string;
  /** For one task. */
  readonly timeLimitMs?: number;
  /** How many tasks of one workspace may wait. */
  readonly queueLimit?: number;
  /** Told why a thread was replaced. */
  readonly onReplace: (reason: Error, workspace: string | undefined) => void;
}

/** Where texts of strangers are read: a thread of its own, one task at a time, thrown away when it fails. */
export interface Sandbox extends AsyncDisposable {
  /** RATE_LIMITED when too many wait, TIMEOUT when it takes too long, VALIDATION_FAILED when it ends the engine. */
  run<Kind extends keyof Tasks>(
    workspace: string,
    task: { readonly kind: Kind; readonly input: Parameters<Tasks[Kind]>[0] },
  ): Promise<ReturnType<Tasks[Kind]>>;
}

interface Job {
  readonly workspace: string;
  readonly task: Parameters<Sandbox['run']>[1];
  resolve(output: unknown): void;
  reject(error: Error): void;
}

const START_LIMIT_MS = 60_000;
const RETRY_AFTER_MS = 1000;

export function createSandbox(options: SandboxOptions): Sandbox {
  const { operatorPolicy, timeLimitMs = 5000, queueLimit = 16, onReplace } = options;
  const queue = createFairQueue<Job>(queueLimit);
  let thread: Thread | undefined;
  let isReady = false;
  let current: Job | undefined;
  let timer: NodeJS.Timeout | undefined;
  let ending: Promise<void> | undefined;
  let isStopped = false;

  function next(): void {
    if (current || ending || isStopped) return;
    current = queue.take();
    if (!current) return;
    if (thread) begin(thread, current);
    else start();
  }

  function start(): void {
    timer = setTimeout(() => replace(new TimeoutError('The policy engine does not start.')), START_LIMIT_MS);
    thread = startThread(operatorPolicy, { onSaid: hear, onExit: replace });
  }

  function begin({ ask }: Thread, { task }: Job): void {
    if (!isReady) return;
    const tooSlow = `Reading these policies took more than ${timeLimitMs} ms and was stopped.`;
    timer = setTimeout(() => replace(new TimeoutError(tooSlow)), timeLimitMs);
    ask(task);
  }

  function hear(said: Said): void {
    clearTimeout(timer);
    if (said === 'ready') {
      isReady = true;
      if (thread && current) begin(thread, current);
      return;
    }
    if ('failure' in said) {
      replace(tooMuch(said.failure));
      return;
    }
    const done = current;
    current = undefined;
    done?.resolve(said.output);
    next();
  }

  /** The task at hand fails; the others get a new thread, once the old one is gone. */
  function replace(reason: Error): void {
    const failed = end();
    if (isStopped) return;
    onReplace(reason, failed?.workspace);
    failed?.reject(reason);
  }

  function end(): Job | undefined {
    clearTimeout(timer);
    const job = current;
    const old = thread;
    [current, thread, isReady] = [undefined, undefined, false];
    ending ??= old?.stop().then(() => {
      ending = undefined;
      next();
    });
    return job;
  }

  return {
    run: (workspace, task) =>
      new Promise((resolve, reject) => {
        const job = { workspace, task, resolve: resolve as Job['resolve'], reject };
        if (isStopped) reject(stopping());
        else if (queue.add(workspace, job)) next();
        else reject(tooMany(queueLimit));
      }),
    async [Symbol.asyncDispose]() {
      isStopped = true;
      for (let job = end() ?? queue.take(); job; job = queue.take()) job.reject(stopping());
      await ending;
    },
  };
}

function stopping(): BonafideError {
  return new BonafideError('UNAVAILABLE', 'The gateway is stopping.');
}

function tooMany(limit: number): RateLimitError {
  const message = `${limit} policy texts of this workspace wait to be read already.`;
  return new RateLimitError(message, { retryAfterMs: RETRY_AFTER_MS });
}

function tooMuch(cause: string): ValidationError {
  const message = 'is more than the policy engine can read';
  return new ValidationError('These policies end the policy engine.', {
    issues: [{ path: 'cedar', message }],
    cause,
  });
}
