import { BonafideError } from '@bonafide/core/errors';
import type { Task } from '@bonafide/core/models';
import type { Transaction } from '../ledger.ts';
import type { Place } from '../sessions/place.ts';
import type { StoredTask } from '../stores/tasks.ts';
import { SECOND_MS } from '../time.ts';
import { backoffMs, hasAttemptsLeft } from './backoff.ts';
import { changeTask, type TaskChange } from './change.ts';
import { assertSize } from './create.ts';
import type { Lease } from './leases.ts';
import { transitions } from './transitions.ts';

/** Names a lease: the task and the number of the attempt. */
export interface Held {
  readonly taskId: string;
  readonly attempt: number;
}

/** What a worker does with the task that it holds; CONFLICT when its lease was lost. */
export interface Report extends Held {
  readonly worker: Place;
}

/** Gives a task to a worker; undefined when it is not there to be claimed any more. */
export function claimTask(
  tx: Transaction,
  { taskId, worker, lease }: { readonly taskId: string; readonly worker: Place; readonly lease: Lease },
): StoredTask | undefined {
  const task = tx.tables.tasks.get({ workspace: worker.workspace, id: taskId });
  if (task?.status !== 'pending' || task.notBefore !== undefined) return undefined;
  const fresh = { assignedTo: worker.name, attempt: task.attempt + 1, progress: undefined, error: undefined };
  return changeTask(tx, task, { by: 'claim', to: 'running', change: { ...fresh, ...lease } });
}

export function extendLease(tx: Transaction, report: Report & { readonly leaseSeconds: number }): StoredTask {
  const task = getHeld(tx, report);
  // A lease that lives with its session ends with it, and not before.
  if (task.gatewayId !== undefined) return task;
  const leaseExpiresAt = new Date(tx.nowMs + report.leaseSeconds * SECOND_MS).toISOString();
  return changeTask(tx, task, { by: 'extendLease', to: 'running', change: { leaseExpiresAt } });
}

export function reportProgress(
  tx: Transaction,
  { progress, ...report }: Report & { readonly progress: NonNullable<Task['progress']> },
): StoredTask {
  return changeTask(tx, getHeld(tx, report), { by: 'reportProgress', to: 'running', change: { progress } });
}

/** Completing again what this lease completed changes nothing: the outcome of the first call may be unknown. */
export function completeTask(
  tx: Transaction,
  { result, ...report }: Report & { readonly result?: Task['result'] },
): StoredTask {
  assertSize('result', result);
  const task = getVisibleToWorker(tx, report);
  if (task.status === 'completed' && isHolder(task, report)) return task;
  return changeTask(tx, assertHeld(task, report), { by: 'complete', to: 'completed', change: { result } });
}

/** As with completing, the same report again changes nothing. */
export function failTask(
  tx: Transaction,
  failure: Report & { readonly error: string; readonly isFinal: boolean; readonly random: number },
): StoredTask {
  const task = getVisibleToWorker(tx, failure);
  const { error, isFinal, random } = failure;
  const isRepeated = task.status !== 'running' && isHolder(task, failure) && task.error === error;
  if (isRepeated && (transitions.fail.to as readonly string[]).includes(task.status)) return task;
  const held = assertHeld(task, failure);
  if (isFinal) return changeTask(tx, held, { by: 'fail', to: 'failed', change: { error } });
  return giveBack(tx, held, { by: 'fail', error, random });
}

/** Ends a lease that nobody reported on in time. */
export function expireLease(
  tx: Transaction,
  { task, random }: { readonly task: StoredTask; readonly random: number },
): StoredTask {
  const error = `Attempt ${task.attempt} ended without a report: its lease was over.`;
  return giveBack(tx, task, { by: 'expire', error, random });
}

/** Puts a task on hold that its worker holds; the attempt does not count. */
export function suspendTask(tx: Transaction, report: Report): StoredTask {
  const task = getHeld(tx, report);
  const change = { attemptsBefore: task.attemptsBefore + 1 };
  return changeTask(tx, task, { by: 'suspend', to: 'paused', change });
}

function giveBack(
  tx: Transaction,
  task: StoredTask,
  { by, error, random }: { readonly by: 'fail' | 'expire'; readonly error: string; readonly random: number },
): StoredTask {
  if (!hasAttemptsLeft(task)) return changeTask(tx, task, { by, to: 'dead', change: { error } });
  const waitMs = backoffMs(task, random);
  const wait: TaskChange = waitMs === 0 ? {} : { notBefore: new Date(tx.nowMs + waitMs).toISOString() };
  return changeTask(tx, task, { by, to: 'pending', change: { error, ...wait } });
}

function getHeld(tx: Transaction, report: Report): StoredTask {
  return assertHeld(getVisibleToWorker(tx, report), report);
}

function getVisibleToWorker({ tables }: Transaction, { taskId, worker }: Report): StoredTask {
  const task = tables.tasks.get({ workspace: worker.workspace, id: taskId });
  if (task) return task;
  throw new BonafideError('NOT_FOUND', `There is no task ${taskId}.`);
}

function isHolder(task: StoredTask, { attempt, worker }: Report): boolean {
  return task.attempt === attempt && task.assignedTo === worker.name;
}

function assertHeld(task: StoredTask, report: Report): StoredTask {
  if (task.status === 'running' && isHolder(task, report)) return task;
  throw new BonafideError(
    'CONFLICT',
    `${report.worker.name} does not hold attempt ${report.attempt} of task ${task.taskId}: stop working on it.`,
    { details: { status: task.status, attempt: task.attempt } },
  );
}
