import type { Hub, Session } from '../sessions/session.ts';
import type { LocalInboxes } from './local.ts';
import { inboxOf } from './put.ts';
import type { Route } from './route.ts';

/** Whether a live message to this address goes to all who take part, rather than to one. */
export function isGroup({ address: { type } }: Route): boolean {
  return groups.has(type);
}

const groups: ReadonlySet<Route['address']['type']> = new Set([
  ...([
    'all-agents',
    'all-users',
    'user-workspace',
    'user-windows',
    'progress',
    'events',
    'metrics',
  ] as const),
]);

/** Those of this gateway who get a live message now. */
export function recipientsOf(
  { hub, local }: { readonly hub: Hub; readonly local: LocalInboxes },
  route: Route,
): Iterable<Session> {
  const { address, workspace } = route;
  switch (address.type) {
    case 'all-agents':
      return hub.listOf(workspace, 'agent');
    case 'all-users':
      return hub.listOf(workspace, 'user');
    case 'progress':
      return [...hub.listOf(workspace, 'agent'), ...hub.listOf(workspace, 'user')];
    case 'events':
      return hub.listOf(workspace, 'workflow-engine');
    case 'metrics':
      return hub.listOf(workspace, 'metrics-bridge');
    case 'user-workspace':
      return windowsOf(local, { workspace, user: address.user });
    case 'user-windows':
      return windowsOf(local, { workspace, user: address.user });
    case 'pool':
    case 'any-service':
      return leastBusy(local, route);
    default: {
      const session = hub.find(workspace, route.name);
      return session ? [session] : [];
    }
  }
}

function windowsOf(
  local: LocalInboxes,
  { workspace, user }: { readonly workspace: string; readonly user: string },
): Session[] {
  const readers = local.find({ workspace, address: `uu::${user}` })?.readers ?? [];
  return [...readers].map(({ session }) => session);
}

/** Of those who share the inbox the one that holds least; in turns among equals. */
function leastBusy(local: LocalInboxes, route: Route): Session[] {
  const [first, ...rest] = local.find(inboxOf(route))?.pool?.next() ?? [];
  return first ? [[first, ...rest].reduce((a, b) => (b.held < a.held ? b : a)).session] : [];
}
