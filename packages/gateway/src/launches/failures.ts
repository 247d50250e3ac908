import { BonafideError } from '@bonafide/core/errors';
import type { Transaction } from '../ledger.ts';
import type { Place } from '../sessions/place.ts';
import type { StoredLaunch } from '../stores/launches.ts';
import { noteFailure } from './launch.ts';

/** An orchestrator gives back what it was asked for; CONFLICT when it no longer is. */
export function reportLaunchFailure(
  tx: Transaction,
  { place, launchId, reason }: { readonly place: Place; readonly launchId: string; readonly reason: string },
): StoredLaunch {
  const launch = tx.tables.launches.get({ workspace: place.workspace, id: launchId });
  const isKnown = launch?.orchestrator === place.name || launch?.failedWith.includes(place.name);
  if (!launch || !isKnown) throw new BonafideError('NOT_FOUND', `${place.name} has no launch ${launchId}.`);
  if (launch.status === 'assigned' && launch.orchestrator === place.name) {
    return noteFailure(tx, launch, { outcome: 'failed', reason });
  }
  throw new BonafideError(
    'CONFLICT',
    `Launch ${launchId} is ${launch.status}, and no longer of ${place.name}.`,
    {
      details: { status: launch.status },
    },
  );
}
