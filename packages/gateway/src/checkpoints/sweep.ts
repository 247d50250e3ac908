import type { Services } from '../context.ts';
import { isExpired } from './checkpoints.ts';

const BATCH = 100;

/** Removes the states whose time is over, which nobody can load any more. */
export async function sweepCheckpoints({ store, now }: Pick<Services, 'store' | 'now'>): Promise<void> {
  const at = new Date(now()).toISOString();
  const overdue = store.read.checkpoints.listExpired(at, BATCH);
  if (overdue.length === 0) return;
  await store.commit(({ checkpoints }) => {
    for (const id of overdue) {
      const checkpoint = checkpoints.get(id);
      // It may have been saved anew since the list was read.
      if (checkpoint && isExpired(checkpoint, at)) checkpoints.remove(id);
    }
  });
}
