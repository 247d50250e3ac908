import { EXPIRED } from '../actions/state.ts';
import type { Services } from '../context.ts';
import { expireAction } from './approvals.ts';

const BATCH = 100;

/** Writes the expiry of every open action whose time is over; reads show it as expired even before. */
export async function sweepExpired({
  store,
  ledger,
  now,
}: Pick<Services, 'store' | 'ledger' | 'now'>): Promise<void> {
  const at = new Date(now()).toISOString();
  const overdue = store.read.actions.listExpired(at, BATCH);
  await Promise.all(
    overdue.map(({ workspace, actionId }) =>
      ledger.commit({ workspace, actor: 'system' }, (tx) => {
        const action = tx.tables.actions.get({ workspace, id: actionId });
        // It may have been completed since the list was read.
        const isStillOpen = action?.expiresAt !== undefined && action.expiresAt <= at;
        if (action && isStillOpen && (action.status === 'pending' || action.status === 'approved')) {
          expireAction(tx, { action, reason: EXPIRED });
        }
      }),
    ),
  );
}
