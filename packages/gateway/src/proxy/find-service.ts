import { BonafideError } from '@bonafide/core/errors';
import { type AccessLevel, accessLevels, formatAddress, parseAddress } from '@bonafide/core/models';
import { assertLevel, explainLevel } from '../acl/access.ts';
import type { Place } from '../sessions/place.ts';
import type { Hub, Session } from '../sessions/session.ts';
import type { Reads } from '../stores/store.ts';
import { isSafe, type RequestHead } from './heads.ts';

export interface Search {
  readonly tables: Reads;
  readonly hub: Hub;
  /** In whose right the service is called. */
  readonly caller: Place;
  readonly head: RequestHead;
  /** Exchanges that a service has under way. */
  readonly loadOf: (session: Session) => number;
}

/**
 * The session of the service, of any instance the one with least to do. FORBIDDEN when the caller may not call it, else
 * UNAVAILABLE when it is not connected: nothing waits for a service.
 */
export function findService({ tables, hub, caller, head, loadOf }: Search): Session {
  const { workspace } = caller;
  const address = parseAddress(head.to);
  const level = isSafe(head.method) ? accessLevels.read : accessLevels.readwrite;
  const name = formatAddress(address);
  if (address.type === 'service') {
    assertLevel(tables, caller, { resource: { workspace, type: 'service', id: name }, level });
    return hub.find(workspace, name) ?? fail(name);
  }
  if (address.type !== 'any-service') {
    throw new BonafideError('VALIDATION_FAILED', `${name} is no service: only sv addresses answer HTTP.`);
  }
  const instances = [...hub.listOf(workspace, 'service')].filter(
    (session) =>
      session.address.type === 'service' && session.address.implementation === address.implementation,
  );
  const allowed = instances.filter((session) => isAllowed({ tables, caller, session, level }));
  const [first, ...rest] = allowed;
  if (first) return rest.reduce((best, each) => (loadOf(each) < loadOf(best) ? each : best), first);
  const resource = { workspace, type: 'service', id: instances[0]?.name ?? name } as const;
  assertLevel(tables, caller, { resource, level });
  return fail(name);
}

function isAllowed({
  tables,
  caller,
  session,
  level,
}: Pick<Search, 'tables' | 'caller'> & { readonly session: Session; readonly level: AccessLevel }): boolean {
  const resource = { workspace: caller.workspace, type: 'service', id: session.name } as const;
  return explainLevel(tables, caller, resource).level >= level;
}

function fail(name: string): never {
  throw new BonafideError('UNAVAILABLE', `The service ${name} is not connected. Nothing was sent.`);
}
