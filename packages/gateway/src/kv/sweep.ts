import type { Services } from '../context.ts';
import { HOUR_MS } from '../time.ts';
import { isExpired } from './entries.ts';
import { endEntry } from './write.ts';

const BATCH = 1000;
/** How long changes are kept for followers that come back, and how many at most: they hold values, too. */
const CHANGES_TTL_MS = HOUR_MS;
const MAX_CHANGES = 100_000;

type Sweep = Pick<Services, 'store' | 'ledger' | 'now'>;

/** Removes the keys whose time is over, which nobody can read any more, and tells their followers. */
export async function sweepKeys({ store, ledger, now }: Sweep): Promise<void> {
  const overdue = store.read.kv.listExpired(new Date(now()).toISOString(), BATCH);
  if (overdue.length === 0) return;
  await ledger.commit({ workspace: '', actor: 'system' }, (tx) => {
    for (const id of overdue) {
      const entry = tx.tables.kv.get(id);
      // It may have been written anew since the list was read.
      if (entry && isExpired(entry, tx.now)) endEntry(tx, entry, 'expired');
    }
  });
}

/** Removes changes that are too old to be followed from. */
export async function pruneKeyChanges({ store, now }: Pick<Sweep, 'store' | 'now'>): Promise<void> {
  const before = new Date(now() - CHANGES_TTL_MS).toISOString();
  await store.commit(({ kvChanges }) => kvChanges.prune({ before, keep: MAX_CHANGES }));
}
