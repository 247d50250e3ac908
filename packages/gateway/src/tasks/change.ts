import { BonafideError } from '@bonafide/core/errors';
import type { TaskEvent, TaskStatus } from '@bonafide/core/models';
import type { JsonObject } from '../json.ts';
import { launchForQueue } from '../launches/demand.ts';
import type { Transaction } from '../ledger.ts';
import type { StoredTask } from '../stores/tasks.ts';
import { notifyEnd } from './notify.ts';
import { queueTopic } from './queues.ts';
import { assertTransition, changeOf, finalStatuses, type TransitionName } from './transitions.ts';

/** What a transition changes beside the status. */
export type TaskChange = { [Name in keyof StoredTask]?: StoredTask[Name] | undefined };

/**
 * Moves a task along the table, in the commit that is under way: CONFLICT when the table or the fence refuses. Whoever
 * follows it, waits for it or asked to be told of its end is told with the commit.
 */
export function changeTask(
  tx: Transaction,
  task: StoredTask,
  { by, to, change }: { readonly by: TransitionName; readonly to: TaskStatus; readonly change?: TaskChange },
): StoredTask {
  assertTransition(by, task, to);
  const isFinal = finalStatuses.includes(to);
  const next = defined({
    ...task,
    ...(to === 'running' ? {} : { sessionId: undefined, gatewayId: undefined, leaseExpiresAt: undefined }),
    ...change,
    ...{ status: to, updatedAt: tx.now, finishedAt: isFinal ? tx.now : undefined },
  });
  if (!tx.tables.tasks.update(next, task)) throw changedMeanwhile(task);
  if (by !== 'extendLease') recordChange(tx, { task: next, change: changeOf(by, to) });
  if (to === 'pending') offer(tx, next);
  if (isFinal) notifyEnd(tx, next);
  return next;
}

/** Tells those who wait that there is something to claim, and has somebody started when nobody is there. */
export function offer(tx: Transaction, task: StoredTask): void {
  if (task.notBefore !== undefined) return;
  tx.publish(queueTopic(task.workspace, task.queue));
  launchForQueue(tx, task);
}

/** Writes into the event stream what changed; bodies stay with the task. */
export function recordChange(
  tx: Transaction,
  { task, change }: { readonly task: StoredTask; readonly change: TaskEvent['change'] },
): void {
  tx.event({ type: `task.${change}`, subject: task.taskId, data: snapshotOf(task) });
}

/** What of a task moves: an event carries it, so that who reads later sees it as it was. */
const moving = [
  ...(['status', 'attempt', 'assignedTo', 'progress', 'error', 'notBefore'] as const),
  ...(['leaseExpiresAt', 'updatedAt', 'finishedAt'] as const),
] as const;

/** What of a task tells whom it concerns, and what rules ask about. */
const standing = ['taskType', 'mode', 'target', 'queue', 'createdBy', 'createdByActor'] as const;

function snapshotOf(task: StoredTask): JsonObject {
  const snapshot: { [Name in (typeof standing | typeof moving)[number]]?: StoredTask[Name] } = {};
  for (const name of standing) copy(name, { from: task, to: snapshot });
  for (const name of moving) copy(name, { from: task, to: snapshot });
  return snapshot as JsonObject;
}

function copy<Name extends keyof StoredTask>(
  name: Name,
  { from, to }: { readonly from: StoredTask; readonly to: { [Key in Name]?: StoredTask[Key] } },
): void {
  if (from[name] !== undefined) to[name] = from[name];
}

/** The task as it was after an event. */
export function taskAsOf(task: StoredTask, data: JsonObject): StoredTask {
  const past = Object.fromEntries(moving.map((name) => [name, data[name]]));
  const { result, ...rest } = task;
  const isCompleted = past.status === 'completed' && result !== undefined;
  // The event was written from a task by `snapshotOf`.
  return defined({ ...rest, ...past, ...(isCompleted ? { result } : {}) } as StoredTask);
}

function changedMeanwhile({ taskId }: StoredTask): BonafideError {
  return new BonafideError('CONFLICT', `Task ${taskId} was changed meanwhile. Read it again.`);
}

/** Absent fields stay absent on the wire and in the store. */
function defined(task: { [Name in keyof StoredTask]: StoredTask[Name] | undefined }): StoredTask {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(task)) if (value !== undefined) kept[name] = value;
  return kept as unknown as StoredTask;
}
