import type { Services } from '../context.ts';
import { expireCapability } from './capabilities.ts';

const BATCH = 100;

/** Writes the end of every capability whose time is over; decisions and reads go by the time even before. */
export async function sweepCapabilities({
  store,
  ledger,
  now,
}: Pick<Services, 'store' | 'ledger' | 'now'>): Promise<void> {
  const overdue = store.read.capabilities.listExpired(new Date(now()).toISOString(), BATCH);
  await Promise.all(
    overdue.map(({ workspace, capabilityId }) =>
      ledger.commit({ workspace, actor: 'system' }, (tx) => expireCapability(tx, capabilityId)),
    ),
  );
}
