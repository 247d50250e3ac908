import type { Connection } from '@bonafide/core/models';
import { parseAddress } from '@bonafide/core/models';
import type { Services } from '../context.ts';
import { everyItem } from '../paging.ts';
import { livingAt } from '../sessions/liveness.ts';
import { type Route, routeOf } from './route.ts';

/** The sessions of a workspace that are on other gateways, of one type. */
export function* sessionsElsewhere(
  { store, now, gatewayId }: Services,
  { workspace, principalType }: Pick<Connection, 'workspace'> & Partial<Pick<Connection, 'principalType'>>,
): Generator<Connection> {
  const query = { workspace, principalType, nowMs: livingAt(store.read, now()) };
  const all = everyItem({
    read: ({ beyond, limit }) => store.read.sessions.list(query, { before: beyond, limit }),
    keyOf: ({ sessionId }) => sessionId,
  });
  for (const session of all) if (session.gatewayId !== gatewayId) yield session;
}

/** The one on another gateway to whom a live message goes; undefined when there is none. */
export function elsewhere(services: Services, route: Route): Route | undefined {
  const { address, workspace, name } = route;
  if (address.type !== 'pool' && address.type !== 'any-service') {
    const holder = services.store.read.sessions.getHolder(workspace, name);
    return holder && holder.gatewayId !== services.gatewayId ? route : undefined;
  }
  const principalType = address.type === 'pool' ? 'pooled-task' : 'service';
  for (const session of sessionsElsewhere(services, { workspace, principalType })) {
    const member = parseAddress(session.address);
    if ('implementation' in member && member.implementation === address.implementation)
      return routeOf(member, workspace);
  }
  return undefined;
}
