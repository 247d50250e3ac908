import type { Services } from '../context.ts';
import { requestLaunch } from '../launches/request.ts';
import type { Transaction } from '../ledger.ts';
import type { Route } from './route.ts';

/** Whether who is away at this address may be started, where somebody registered how. */
function canBeStarted({ address, keeping }: Route): boolean {
  return keeping === 'inbox' && (address.type === 'agent' || address.type === 'task');
}

/** Has the recipient started, in the change that keeps the message, when it is away and somebody registered how. */
export function startIfAway(
  tx: Transaction,
  { services, route }: { readonly services: Services; readonly route: Route },
): void {
  const { workspace, name } = route;
  if (!canBeStarted(route) || services.hub.find(workspace, name)) return;
  // What a launch tells is told to the workspace of the change.
  if (workspace === tx.workspace) requestLaunch(tx, { workspace, address: name });
}
