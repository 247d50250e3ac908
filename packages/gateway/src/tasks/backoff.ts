import type { StoredTask } from '../stores/tasks.ts';

type Repeated = Pick<
  StoredTask,
  'attempt' | 'attemptsBefore' | 'maxAttempts' | 'initialBackoffMs' | 'maxBackoffMs'
>;

/** Past this many doublings every wait is the longest. */
const MAX_DOUBLINGS = 40;

export function hasAttemptsLeft({ attempt, attemptsBefore, maxAttempts }: Repeated): boolean {
  return attempt - attemptsBefore < maxAttempts;
}

/**
 * How long to wait before the next attempt: anything up to a bound that doubles (full jitter), so that what failed
 * together does not come back together. `random` is in 0 to 1, as Math.random().
 */
export function backoffMs(task: Repeated, random: number): number {
  const doublings = Math.min(MAX_DOUBLINGS, Math.max(0, task.attempt - task.attemptsBefore - 1));
  return Math.floor(random * Math.min(task.maxBackoffMs, task.initialBackoffMs * 2 ** doublings));
}
