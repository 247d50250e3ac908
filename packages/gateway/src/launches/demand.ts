import { isPrincipalAddress, parseAddress } from '@bonafide/core/models';
import type { Transaction } from '../ledger.ts';
import { livingAt } from '../sessions/liveness.ts';
import type { StoredImplementation } from '../stores/launches.ts';
import type { ClaimableTask, StoredTask } from '../stores/tasks.ts';
import { implementationOf, poolQueue, typeQueue } from '../tasks/queues.ts';
import type { Now } from './orchestrators.ts';
import { requestLaunch } from './request.ts';

/** Somebody may be missing in a pool. */
export const DEMAND_TOPIC = 'launches/demand';

/** Who could be an instance of an implementation. */
const instances = ['pooled-task', 'agent', 'task'] as const;
/** Asked of the pages of sessions. */
const PAGE = 500;

/** Has somebody started for a task that can be claimed: whom it is for at once, one more of a pool when that is looked at. */
export function launchForQueue(
  tx: Transaction,
  { workspace, mode, queue, taskId, launchParameters }: StoredTask,
): void {
  if (mode === 'pool') tx.publish(DEMAND_TOPIC);
  else requestLaunch(tx, { workspace, address: queue, taskId, launchParameters });
}

/** Tasks for which nobody is there and nobody is being started. */
export function listUnserved(reader: Now, pool: StoredImplementation): readonly ClaimableTask[] {
  const { workspace, implementation, taskTypes, maxInstances } = pool;
  const { tables } = reader;
  const queues = [poolQueue(workspace, implementation), ...taskTypes.map(typeQueue)];
  // No more than all instances together could be waiting for: the rest is for those that exist.
  const limit = 2 * maxInstances;
  const work = queues.flatMap((queue) => tables.tasks.listClaimable({ workspace, queue, limit }));
  if (work.length === 0) return [];
  const underWay = tables.launches.getOpenCount(workspace, implementation);
  const connected = countConnected(reader, pool);
  const busy = queues.reduce((sum, queue) => sum + tables.tasks.getBusyCount(workspace, queue), 0);
  const served = Math.max(0, connected - busy) + underWay;
  return work.slice(served, served + Math.max(0, maxInstances - connected - underWay));
}

/** Starts as many instances as are missing. */
export function serve(tx: Transaction, pool: StoredImplementation): void {
  const { workspace, implementation } = pool;
  for (const { taskId } of listUnserved(tx, pool)) {
    const launchParameters = tx.tables.tasks.get({ workspace, id: taskId })?.launchParameters;
    if (!requestLaunch(tx, { workspace, implementation, taskId, launchParameters })) return;
  }
}

function countConnected({ tables, nowMs }: Now, { workspace, implementation }: StoredImplementation): number {
  const query = { workspace, nowMs: livingAt(tables, nowMs) };
  let count = 0;
  for (const principalType of instances) {
    let before: string | undefined;
    for (;;) {
      const page = tables.sessions.list({ ...query, principalType }, { limit: PAGE, before });
      count += page.filter(({ address }) => isOf(address, implementation)).length;
      before = page.at(-1)?.sessionId;
      if (page.length < PAGE) break;
    }
  }
  return count;
}

function isOf(address: string, implementation: string): boolean {
  const parsed = parseAddress(address);
  return isPrincipalAddress(parsed) && implementationOf(parsed) === implementation;
}
