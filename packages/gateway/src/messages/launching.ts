import { requestLaunch } from '../launches/request.ts';
import type { Transaction } from '../ledger.ts';
import type { Route } from './route.ts';

/** Has the recipient started, in the change that keeps the message, when it is away and somebody registered how. */
export function startIfAway(tx: Transaction, { address, workspace, name }: Route): void {
  if (address.type !== 'agent' && address.type !== 'task') return;
  // What a launch tells is told to the workspace of the change.
  if (workspace === tx.workspace) requestLaunch(tx, { workspace, address: name });
}
