import { formatAddress, parseAddress } from '@bonafide/core/models';
import { newId } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import type { Transaction } from '../ledger.ts';
import type { StoredImplementation, StoredLaunch } from '../stores/launches.ts';
import { MINUTE_MS } from '../time.ts';
import { assignLaunch, insertLaunch } from './launch.ts';
import { isConnected } from './orchestrators.ts';

/** What was given up is not begun again before this time is over: it would most likely fail the same way. */
const REST_MS = 5 * MINUTE_MS;

/** Whom to start: one principal by its address, or one more of the pool of an implementation. */
export type LaunchRequest = {
  readonly workspace: string;
  /** The task that asks for it. */
  readonly taskId?: string | undefined;
  /** Over those of the implementation. */
  readonly launchParameters?: JsonObject | undefined;
} & ({ readonly address: string } | { readonly implementation: string });

/**
 * Has an agent or task started that is away, in the commit that is under way. Undefined when nobody registered how, when it
 * is connected, and while it rests after failing; the launch under way when there is one.
 */
export function requestLaunch(tx: Transaction, request: LaunchRequest): StoredLaunch | undefined {
  const { workspace } = request;
  if ('implementation' in request) {
    const pool = tx.tables.implementations.get(workspace, request.implementation);
    return pool && requestPooled(tx, pool, request);
  }
  const { address } = request;
  const registered = registeredOf(tx, { workspace, address });
  if (!registered || isConnected(tx, { workspace, address })) return undefined;
  const underWay = tx.tables.launches.findOpen(workspace, address);
  if (underWay) return underWay;
  const { implementation } = registered;
  if (isResting(tx, tx.tables.launches.getGivenUpAt({ workspace, implementation, address })))
    return undefined;
  return begin(tx, registered, { ...request, address, isPooled: false });
}

function requestPooled(
  tx: Transaction,
  registered: StoredImplementation,
  request: LaunchRequest,
): StoredLaunch | undefined {
  const { workspace, implementation, maxInstances } = registered;
  const { launches } = tx.tables;
  if (launches.getOpenCount(workspace, implementation) >= maxInstances) return undefined;
  if (isResting(tx, launches.getGivenUpAt({ workspace, implementation }))) return undefined;
  const specifier = newId(tx.nowMs);
  const address = formatAddress({ type: 'pooled-task', workspace, implementation, specifier });
  return begin(tx, registered, { ...request, address, isPooled: true });
}

/** How an agent or a unique task is started; undefined for addresses that nobody starts. */
function registeredOf(
  { tables }: Transaction,
  { workspace, address }: { readonly workspace: string; readonly address: string },
): StoredImplementation | undefined {
  const parsed = parseAddress(address);
  if (parsed.type !== 'agent' && parsed.type !== 'task') return undefined;
  return parsed.workspace === workspace
    ? tables.implementations.get(workspace, parsed.implementation)
    : undefined;
}

function isResting({ nowMs }: Transaction, givenUpAt: string | undefined): boolean {
  return givenUpAt !== undefined && nowMs - Date.parse(givenUpAt) < REST_MS;
}

function begin(
  tx: Transaction,
  { workspace, implementation, profile, launchParameters }: StoredImplementation,
  whom: Pick<LaunchRequest, 'taskId' | 'launchParameters'> & Pick<StoredLaunch, 'address' | 'isPooled'>,
): StoredLaunch {
  const { address, isPooled, taskId } = whom;
  const launch = insertLaunch(tx, {
    ...{
      launchId: newId(tx.nowMs),
      workspace,
      implementation,
      address,
      isPooled,
      profile,
      status: 'waiting',
    },
    launchParameters: { ...launchParameters, ...whom.launchParameters },
    ...(taskId === undefined ? {} : { taskId }),
    ...{ failures: 0, failedWith: [], dueAt: tx.now, createdAt: tx.now, updatedAt: tx.now },
  });
  return assignLaunch(tx, launch);
}
