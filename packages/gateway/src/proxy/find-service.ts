import { BonafideError } from '@bonafide/core/errors';
import {
  type AccessLevel,
  type Address,
  accessLevels,
  formatAddress,
  parseAddress,
} from '@bonafide/core/models';
import { assertLevel, explainLevel } from '../acl/access.ts';
import { isGatewayAlive, livingAt } from '../sessions/liveness.ts';
import type { Place } from '../sessions/place.ts';
import type { Hub, Session } from '../sessions/session.ts';
import type { Reads } from '../stores/store.ts';
import { isSafe, type RequestHead } from './heads.ts';
import type { RemoteService } from './remote.ts';

export interface Search {
  readonly tables: Reads;
  readonly hub: Hub;
  /** The own one. */
  readonly gatewayId: string;
  readonly now: () => number;
  /** In whose right the service is called. */
  readonly caller: Place;
  readonly head: RequestHead;
  /** Exchanges that a service has under way. */
  readonly loadOf: (session: Session) => number;
}

type Found = { readonly name: string; readonly session: Session } | RemoteService;

/** Sessions of services that are looked at for one that is on another gateway. */
const MOST = 100;

/**
 * The session of the service, of any instance the one with least to do, here before elsewhere. FORBIDDEN when the caller
 * may not call it, else UNAVAILABLE when it is not connected: nothing waits for a service.
 */
export function findService(search: Search): Found {
  const address = parseAddress(search.head.to);
  const name = formatAddress(address);
  switch (address.type) {
    case 'service':
      return findOne(search, name);
    case 'any-service':
      return findAny(search, { name, implementation: address.implementation });
    default:
      throw new BonafideError('VALIDATION_FAILED', `${name} is no service: only sv addresses answer HTTP.`);
  }
}

function findOne(search: Search, name: string): Found {
  const { tables, hub, caller, gatewayId } = search;
  const { workspace } = caller;
  assertLevel(tables, caller, { resource: { workspace, type: 'service', id: name }, level: levelOf(search) });
  const session = hub.find(workspace, name);
  if (session) return { name, session };
  const holder = tables.sessions.getHolder(workspace, name);
  if (!holder || holder.gatewayId === gatewayId || !isAlive(search, holder.gatewayId)) throw away(name);
  return { workspace, name, gatewayId: holder.gatewayId };
}

function findAny(search: Search, { name, implementation }: { name: string; implementation: string }): Found {
  const { tables, hub, caller, loadOf } = search;
  const { workspace } = caller;
  const isInstance = (address: Address) =>
    address.type === 'service' && address.implementation === implementation;
  const here = [...hub.listOf(workspace, 'service')].filter(({ address }) => isInstance(address));
  const [first, ...rest] = here.filter((session) => isAllowed(search, session.name));
  if (first) {
    const session = rest.reduce((best, each) => (loadOf(each) < loadOf(best) ? each : best), first);
    return { name: session.name, session };
  }
  const query = { workspace, principalType: 'service', nowMs: livingAt(tables, search.now()) } as const;
  const elsewhere = tables.sessions
    .list(query, { limit: MOST })
    .filter(({ address, gatewayId }) => gatewayId !== search.gatewayId && isInstance(parseAddress(address)));
  const other = elsewhere.find(({ address }) => isAllowed(search, address));
  if (other) return { workspace, name: other.address, gatewayId: other.gatewayId };
  const id = here[0]?.name ?? elsewhere[0]?.address ?? name;
  assertLevel(tables, caller, { resource: { workspace, type: 'service', id }, level: levelOf(search) });
  throw away(name);
}

function levelOf({ head }: Search): AccessLevel {
  return isSafe(head.method) ? accessLevels.read : accessLevels.readwrite;
}

function isAllowed(search: Search, name: string): boolean {
  const { tables, caller } = search;
  const resource = { workspace: caller.workspace, type: 'service', id: name } as const;
  return explainLevel(tables, caller, resource).level >= levelOf(search);
}

function isAlive({ tables, now }: Search, gatewayId: string): boolean {
  return isGatewayAlive(tables, { gatewayId, nowMs: now() });
}

function away(name: string): BonafideError {
  return new BonafideError('UNAVAILABLE', `The service ${name} is not connected. Nothing was sent.`);
}
