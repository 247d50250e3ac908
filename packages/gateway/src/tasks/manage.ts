import { BonafideError } from '@bonafide/core/errors';
import { accessLevels } from '@bonafide/core/models';
import { explainLevel } from '../acl/access.ts';
import type { Transaction } from '../ledger.ts';
import type { StoredTask } from '../stores/tasks.ts';
import { changeTask } from './change.ts';
import { type Viewer, viewTask } from './visible.ts';
import { suspendTask } from './work.ts';

/** Ends a task that is not over; cancelling again changes nothing. */
export function cancelTask(
  tx: Transaction,
  { viewer, taskId, reason }: { viewer: Viewer; taskId: string; reason?: string | undefined },
): StoredTask {
  const task = getManaged(tx, { viewer, taskId });
  if (task.status === 'cancelled') return task;
  const by = viewer.place.name;
  const error = reason === undefined ? `Cancelled by ${by}.` : `Cancelled by ${by}: ${reason}`;
  return changeTask(tx, task, { by: 'cancel', to: 'cancelled', change: { error, notBefore: undefined } });
}

/** Offers a task again that failed, with as many attempts as it had at first; its result of before is gone. */
export function retryTask(
  tx: Transaction,
  { viewer, taskId }: { viewer: Viewer; taskId: string },
): StoredTask {
  const task = getManaged(tx, { viewer, taskId });
  const fresh = { attemptsBefore: task.attempt, error: undefined, progress: undefined, notBefore: undefined };
  return changeTask(tx, task, { by: 'retry', to: 'pending', change: fresh });
}

/** Puts a task on hold: its worker by naming its attempt, else who manages it. Pausing again changes nothing. */
export function pauseTask(
  tx: Transaction,
  { viewer, taskId, attempt }: { viewer: Viewer; taskId: string; attempt?: number | undefined },
): StoredTask {
  const { place } = viewer;
  const task = viewTask(tx.tables, { viewer, taskId });
  if (attempt !== undefined && task.assignedTo === place.name) {
    if (task.status === 'paused' && task.attempt === attempt) return task;
    return suspendTask(tx, { taskId, attempt, worker: place });
  }
  assertManages(tx, { viewer, task });
  if (task.status === 'paused') return task;
  // The attempt that this cuts short does not count.
  const attemptsBefore = task.attemptsBefore + (task.status === 'running' ? 1 : 0);
  return changeTask(tx, task, { by: 'pause', to: 'paused', change: { attemptsBefore } });
}

/** Puts a task back into its queue; its last worker may do it, too. */
export function resumeTask(
  tx: Transaction,
  { viewer, taskId }: { viewer: Viewer; taskId: string },
): StoredTask {
  const task = viewTask(tx.tables, { viewer, taskId });
  if (task.assignedTo !== viewer.place.name) assertManages(tx, { viewer, task });
  return changeTask(tx, task, { by: 'resume', to: 'pending' });
}

function getManaged(tx: Transaction, { viewer, taskId }: { viewer: Viewer; taskId: string }): StoredTask {
  const task = viewTask(tx.tables, { viewer, taskId });
  assertManages(tx, { viewer, task });
  return task;
}

/** Its creator, an owner, and whom an acl rule lets manage tasks. */
function assertManages(
  tx: Transaction,
  { viewer: { place, principal }, task }: { readonly viewer: Viewer; readonly task: StoredTask },
): void {
  if (task.createdBy === place.name || task.createdByActor === place.actor) return;
  const isAtHome = place.home === task.workspace;
  if (isAtHome && principal.kind === 'token' && (principal.member?.role ?? principal.token.role) === 'owner')
    return;
  const resource = { workspace: task.workspace, type: 'task', id: '*' } as const;
  if (explainLevel(tx.tables, place, resource).level >= accessLevels.manage) return;
  throw new BonafideError(
    'FORBIDDEN',
    `Task ${task.taskId} was created by ${task.createdBy}, who manages it.`,
  );
}
