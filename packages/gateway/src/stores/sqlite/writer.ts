import type { DatabaseSync } from 'node:sqlite';

interface Job {
  run(): unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** How many turns of the event loop a commit waits at most while each brings more to commit. */
const MAX_TURNS = 16;

/**
 * Group commit: everything queued during one event-loop turn, and the next ones while they bring more, runs in one
 * transaction, so a busy gateway pays once for fsync and for the pages that changes share. A lone request never waits. A promise resolves only after COMMIT returned, so what was answered is durable.
 */
export function createWriter(
  database: DatabaseSync,
  { onBegin, onRollback }: { onBegin(): void; onRollback(): void },
): {
  commit<Result>(run: () => Result): Promise<Result>;
  flush(): void;
} {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const end = database.prepare('COMMIT');
  let queue: Job[] = [];

  function transact<Result>(work: () => Result): Result {
    begin.run();
    try {
      onBegin();
      const result = work();
      end.run();
      return result;
    } catch (error) {
      // A failed COMMIT may have rolled back by itself (disk full, I/O error).
      if (database.isTransaction) database.exec('ROLLBACK');
      onRollback();
      throw error;
    }
  }

  function runAll(jobs: readonly Job[]): Outcome[] {
    try {
      return transact(() => jobs.map((job) => ({ value: job.run() })));
    } catch (error) {
      if (jobs.length === 1) return [{ error }];
      // One of them failed: run them all again, each behind a savepoint, so only that one fails.
      return transact(() => jobs.map(runAlone));
    }
  }

  function runAlone(job: Job): Outcome {
    database.exec('SAVEPOINT job');
    try {
      return { value: job.run() };
    } catch (error) {
      database.exec('ROLLBACK TO job');
      onRollback();
      return { error };
    } finally {
      database.exec('RELEASE job');
    }
  }

  function flush(): void {
    const jobs = queue;
    queue = [];
    if (jobs.length > 0) settle(jobs, attempt(runAll, jobs));
  }

  function flushUnlessGrowing(length: number, turns: number): void {
    if (queue.length > length && turns > 0) setImmediate(flushUnlessGrowing, queue.length, turns - 1);
    else flush();
  }

  return {
    commit: (run) =>
      new Promise((resolve, reject) => {
        const job: Job = { run, resolve: (value) => resolve(value as ReturnType<typeof run>), reject };
        if (queue.push(job) === 1) setImmediate(flushUnlessGrowing, 1, MAX_TURNS);
      }),
    flush,
  };
}

function attempt(run: (jobs: readonly Job[]) => Outcome[], jobs: readonly Job[]): Outcome[] {
  try {
    return run(jobs);
  } catch (error) {
    return jobs.map(() => ({ error }));
  }
}

function settle(jobs: readonly Job[], outcomes: readonly Outcome[]): void {
  jobs.forEach((job, index) => {
    const outcome = outcomes[index];
    if (outcome && 'value' in outcome) job.resolve(outcome.value);
    else job.reject(outcome?.error);
  });
}
