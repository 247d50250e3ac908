import type { Transaction } from '../ledger.ts';
import type { StoredTask } from '../stores/tasks.ts';
import { presentState } from './present.ts';
import { tell } from './tell.ts';

/** Tells whoever asked for it that the task is over, with its result, in the commit that ends it. */
export function notifyEnd(tx: Transaction, task: StoredTask): void {
  const { taskId, attempt, status, notify: to } = task;
  if (to === undefined) return;
  const body = { type: `task.${status}`, data: presentState(task) };
  if (tell(tx, { to, kind: 'event', messageId: `${taskId}/${attempt}/${status}`, body })) return;
  // A full inbox of somebody else must not take the result away from the task; who looks at events sees what was lost.
  tx.event({ type: 'notification.lost', subject: taskId, data: { taskId, to, status } });
}
