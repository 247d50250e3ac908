import type { Task } from '@bonafide/core/models';
import type { Session, Worker } from '@bonafide/core/session';
import { unlessOver, until, wait } from './fleet.ts';

/** One lease as its worker saw it; times are of this process, in milliseconds. */
interface Lease {
  readonly taskId: string;
  readonly attempt: number;
  readonly beganAt: number;
  /** When the last report was sent that the gateway accepted. */
  lastAcceptedAt: number;
}

export interface TaskLoad {
  finish(): Promise<void>;
  findings(): string[];
  readonly counts: () => { readonly created: number; readonly leases: number };
}

const TASK_TYPE = 'faults';

/** One session makes tasks for a pool, the others work on them, report while they do, and complete them. */
export function startTaskLoad(
  creator: Session,
  { workers, signal }: { readonly workers: readonly Session[]; readonly signal: AbortSignal },
): TaskLoad {
  const created: string[] = [];
  const leases: Lease[] = [];
  const finished: Task[] = [];
  let isOver = false;
  const running: Worker[] = workers.map((session) =>
    session.work({ taskTypes: [TASK_TYPE], concurrency: 2 }, async ({ task, signal: lost, report }) => {
      const lease: Lease = {
        ...{ taskId: task.taskId, attempt: task.attempt },
        beganAt: performance.now(),
        lastAcceptedAt: 0,
      };
      leases.push(lease);
      for (let step = 1; step <= 3; step += 1) {
        await wait(10);
        lost.throwIfAborted();
        const sentAt = performance.now();
        await report({ fraction: step / 3 });
        lease.lastAcceptedAt = sentAt;
      }
      return { by: session.address, attempt: task.attempt };
    }),
  );
  const creating = unlessOver(create(), signal);

  async function create(): Promise<void> {
    while (!isOver && !signal.aborted) {
      const retry = { maxAttempts: 100, initialBackoffMs: 0, maxBackoffMs: 50 };
      const { taskId } = await creator.tasks.create({ taskType: TASK_TYPE, mode: 'pool', retry });
      created.push(taskId);
      await wait(5);
    }
  }

  return {
    async finish() {
      isOver = true;
      await creating;
      await until('every task is completed', async () => {
        finished.length = 0;
        for (const taskId of created) finished.push(await creator.tasks.get({ taskId }));
        return finished.every(({ status }) => status === 'completed');
      }).catch((cause: unknown) => {
        const open = finished.filter(({ status }) => status !== 'completed');
        throw new Error(
          `not completed: ${JSON.stringify(open)}; leases: ${JSON.stringify(leasesOf(leases, open))}`,
          { cause },
        );
      });
      await Promise.all(running.map((worker) => worker.stop()));
    },
    findings: () => [...overlaps(leases), ...wrongResults(finished)],
    counts: () => ({ created: created.length, leases: leases.length }),
  };
}

/** Once the next lease of a task has begun, nothing that an earlier one sends after that is accepted. */
function overlaps(leases: readonly Lease[]): string[] {
  return [...Map.groupBy(leases, ({ taskId }) => taskId)].flatMap(([taskId, own]) => {
    const sorted = own.toSorted((a, b) => a.attempt - b.attempt);
    return sorted.flatMap((lease, index) => {
      const next = sorted[index + 1];
      if (!next) return [];
      if (next.attempt === lease.attempt) return [`${taskId}: attempt ${lease.attempt} was given twice`];
      return lease.lastAcceptedAt > next.beganAt
        ? [`${taskId}: attempt ${lease.attempt} was believed after attempt ${next.attempt} had begun`]
        : [];
    });
  });
}

/** What the workers saw of these tasks. */
function leasesOf(leases: readonly Lease[], tasks: readonly Task[]): Lease[] {
  return leases.filter(({ taskId }) => tasks.some((task) => task.taskId === taskId));
}

function wrongResults(finished: readonly Task[]): string[] {
  return finished
    .filter(({ attempt, result }) => !isOfAttempt(result, attempt))
    .map(({ taskId }) => `${taskId}: its result is not of its last attempt`);
}

function isOfAttempt(result: unknown, attempt: number): boolean {
  return typeof result === 'object' && result !== null && 'attempt' in result && result.attempt === attempt;
}
