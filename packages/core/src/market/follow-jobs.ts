import { platform } from '#platform';
import type { Client } from '../client/types.ts';
import { BonafideError } from '../errors.ts';
import { hasEnded, type Job, type JobRole } from '../models/job.ts';
import { pause } from '../pause.ts';
import { fetchByDigest, fetchContent } from './content.ts';
import type { JobTask, RoleOptions, RunningRole } from './types.ts';

/** After a step of its own, so that a step that changes nothing cannot spin. */
const LOOK_AGAIN_MS = 50;
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
const POLL_MS = 15_000;

/** What a role does when an operation becomes possible for it; true: the chain has changed. */
export type RoleStepper = (task: JobTask) => Promise<boolean>;

/** A role in jobs: which it looks at, and what it does with them, by operation id. */
export interface RolePlan {
  readonly client: Client;
  /** The wallet that has the role. */
  readonly address: string;
  /** The roles that the wallet has in a job. */
  readonly rolesIn: (job: Job) => readonly JobRole[];
  /** Jobs to look at, at the start and again with each poll: what happened while nobody listened. */
  readonly list: () => AsyncIterable<string>;
  readonly steps: Readonly<Record<string, RoleStepper>>;
  /** Told of the state of each job that was looked at. */
  readonly onJob?: (job: Job) => void;
}

/** Works on the jobs of a role, on each when something happens to it and now and then, until it is stopped. */
export function followJobs(plan: RolePlan, options: RoleOptions): RunningRole {
  const stopping = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stopping.signal]) : stopping.signal;
  const queue = createQueue((jobId) => workOn(plan, { ...options, signal }, jobId), {
    concurrency: options.concurrency ?? 1,
    signal,
    onError: options.onError ?? warn,
  });
  const stopped = Promise.all([
    listen(plan, queue, { signal }),
    poll(plan, queue, { signal, everyMs: options.pollIntervalMs ?? POLL_MS }),
  ])
    .then(() => undefined)
    .finally(() => queue.idle())
    .catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  // Whoever never looks at it must not lose the process.
  stopped.catch(() => undefined);
  return {
    stopped,
    async [Symbol.asyncDispose]() {
      stopping.abort(new BonafideError('UNAVAILABLE', 'The role was stopped.'));
      await stopped.catch(() => undefined);
      await queue.idle();
    },
  };
}

const warn = (error: Error): void => platform.warn(BonafideError.from(error));

async function listen(
  { client, address }: RolePlan,
  queue: JobQueue,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  const events = client.jobs.watch({ party: address }, { signal, onGap: () => undefined });
  for await (const { subject } of events) queue.add(subject);
}

async function poll(
  plan: RolePlan,
  queue: JobQueue,
  { signal, everyMs }: { readonly signal: AbortSignal; readonly everyMs: number },
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const jobId of plan.list()) queue.add(jobId);
    } catch (error) {
      if (!BonafideError.from(error).retryable) throw error;
    }
    await pause(everyMs, signal);
  }
}

interface JobQueue {
  add(jobId: string): void;
  idle(): Promise<void>;
}

interface QueueOptions {
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly onError: (error: Error, jobId: string) => void;
}

/** One worker per job at a time; a job that failed waits longer and longer, a job that moved on is looked at again. */
function createQueue(work: (jobId: string) => Promise<boolean>, options: QueueOptions): JobQueue {
  const { concurrency, signal, onError } = options;
  const waiting = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const failures = new Map<string, { count: number; until: number }>();

  async function run(jobId: string): Promise<void> {
    try {
      const hasMoved = await work(jobId);
      failures.delete(jobId);
      if (hasMoved) void pause(LOOK_AGAIN_MS, signal).then(() => add(jobId));
    } catch (error) {
      if (signal.aborted) return;
      const count = (failures.get(jobId)?.count ?? 0) + 1;
      const delayMs = Math.min(RETRY_MS * 2 ** (count - 1), LONGEST_RETRY_MS);
      failures.set(jobId, { count, until: Date.now() + delayMs });
      onError(error instanceof Error ? error : new Error(String(error)), jobId);
      void pause(delayMs, signal).then(() => add(jobId));
    }
  }

  function start(): void {
    for (const jobId of waiting) {
      if (signal.aborted || running.size >= concurrency) return;
      if (running.has(jobId)) continue;
      waiting.delete(jobId);
      const working = run(jobId).finally(() => {
        running.delete(jobId);
        start();
      });
      running.set(jobId, working);
    }
  }

  function add(jobId: string): void {
    if ((failures.get(jobId)?.until ?? 0) > Date.now()) return;
    waiting.add(jobId);
    start();
  }

  return {
    add,
    async idle() {
      while (running.size > 0) await Promise.allSettled(running.values());
    },
  };
}

/** Does the first thing that is due; true: something was done, so look again. */
async function workOn(
  { client, rolesIn, steps, onJob }: RolePlan,
  { signal, onStep }: RoleOptions & { readonly signal: AbortSignal },
  jobId: string,
): Promise<boolean> {
  const job = await client.jobs.get({ jobId }, { signal });
  onJob?.(job);
  if (hasEnded(job)) return false;
  for (const role of rolesIn(job)) {
    const { actions } = await client.jobs.nextActions({ jobId, role }, { signal });
    for (const { operation } of actions) {
      if (!(await steps[operation]?.(toTask(client, { job, signal })))) continue;
      onStep?.({ jobId, operation });
      return true;
    }
  }
  return false;
}

function toTask(client: Client, { job, signal }: Pick<JobTask, 'job' | 'signal'>): JobTask {
  return {
    job,
    signal,
    specification: async () => fetchByDigest(client, job.specHash, { signal }),
    deliverable: async () => fetchByDigest(client, job.deliverable, { signal }),
    artifact: (cid) => fetchContent(client, cid, { signal }),
  };
}

/** The ids of all jobs that match and have not ended. */
export async function* openJobs(
  client: Client,
  filter: Parameters<Client['jobs']['list']>[0],
): AsyncGenerator<string> {
  for (const status of ['open', 'funded', 'submitted'] as const) {
    let cursor: string | undefined;
    do {
      const { items, nextCursor } = await client.jobs.list({ ...filter, status, limit: 100, cursor });
      for (const { jobId } of items) yield jobId;
      cursor = nextCursor;
    } while (cursor !== undefined);
  }
}
