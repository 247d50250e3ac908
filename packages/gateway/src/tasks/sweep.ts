import type { Services } from '../context.ts';
import type { Key } from '../stores/queries.ts';
import type { StoredTask } from '../stores/tasks.ts';
import { offer } from './change.ts';
import { isOver } from './leases.ts';
import { expireLease } from './work.ts';

const BATCH = 500;

export type SweepServices = Pick<Services, 'store' | 'ledger' | 'now'> & {
  /** The sessions that this gateway has: their leases live as long as they do, whatever a clock that was set says. */
  readonly hub?: Pick<Services['hub'], 'get'> | undefined;
  /** 0 to 1, as Math.random(); spreads the next attempts of what failed together. */
  readonly random?: (() => number) | undefined;
};

/** Ends leases that are over and offers tasks whose wait is; costs two look-ups when there is nothing to do. */
export async function sweepTasks(services: SweepServices): Promise<void> {
  await Promise.all([expireLeases(services), offerDue(services)]);
}

async function expireLeases({ store, ledger, hub, now, random = Math.random }: SweepServices): Promise<void> {
  const at = new Date(now()).toISOString();
  const isHeldHere = (task: StoredTask | undefined) =>
    task?.sessionId !== undefined && task.gatewayId !== undefined && hub?.get(task.sessionId) !== undefined;
  const expired = store.read.tasks
    .listExpired(at, BATCH)
    .filter((key) => !isHeldHere(store.read.tasks.get(key)));
  await eachWorkspace(expired, (workspace, keys) =>
    ledger.commit({ workspace, actor: 'system' }, (tx) => {
      for (const key of keys) {
        const task = tx.tables.tasks.get(key);
        // Reported, renewed or adopted since the list was read.
        const isLost = task?.status === 'running' && isOver(task, tx.now) && !isHeldHere(task);
        if (isLost) expireLease(tx, { task, random: random() });
      }
    }),
  );
}

async function offerDue({ store, ledger, now }: SweepServices): Promise<void> {
  const due = store.read.tasks.listDue(new Date(now()).toISOString(), BATCH);
  await eachWorkspace(due, (workspace, keys) =>
    ledger.commit({ workspace, actor: 'system' }, (tx) => {
      for (const key of keys) {
        const task = tx.tables.tasks.get(key);
        if (task?.status !== 'pending' || task.notBefore === undefined || task.notBefore > tx.now) continue;
        const { notBefore: _, ...ready } = task;
        if (tx.tables.tasks.update(ready, task)) offer(tx, ready);
      }
    }),
  );
}

/** One commit for each workspace. */
async function eachWorkspace(
  keys: readonly Key[],
  work: (workspace: string, keys: readonly Key[]) => Promise<void>,
): Promise<void> {
  const byWorkspace = Map.groupBy(keys, ({ workspace }) => workspace);
  await Promise.all([...byWorkspace].map(([workspace, own]) => work(workspace, own)));
}
