import { BonafideError } from '@bonafide/core/errors';
import {
  type Address,
  accessLevels,
  formatAddress,
  parseAddress,
  workspaceOfAddress,
} from '@bonafide/core/models';
import { assertLevel } from '../acl/access.ts';
import type { Place } from '../sessions/place.ts';
import type { MemberGroup } from '../stores/messages.ts';
import type { Reads } from '../stores/store.ts';
import { assertMaySend } from './permissions.ts';

/** Where what is sent to an address goes. */
export interface Route {
  readonly address: Address;
  /** The canonical form of `address`. */
  readonly name: string;
  /** Where the recipients are. */
  readonly workspace: string;
  /** Absent where nothing is kept: such a group gets live messages only. */
  readonly keeping?: 'inbox' | MemberGroup | undefined;
}

const keepings: { readonly [Type in Address['type']]?: 'inbox' | MemberGroup } = {
  agent: 'inbox',
  task: 'inbox',
  'pooled-task': 'inbox',
  user: 'inbox',
  orchestrator: 'inbox',
  'workflow-engine': 'inbox',
  'metrics-bridge': 'inbox',
  service: 'inbox',
  bridge: 'inbox',
  pool: 'inbox',
  'any-service': 'inbox',
  'user-windows': 'inbox',
  events: 'events',
  metrics: 'metrics',
};

/** Where a message goes that the caller sends; FORBIDDEN when it may not. The text may have either form. */
export function routeTo(tables: Reads, caller: Place, to: string): Route {
  const address = parseAddress(to);
  assertMaySend(caller.address.type, address.type);
  const route = routeOf(address, caller.workspace);
  const { workspace } = route;
  assertLevel(tables, caller, {
    resource: { workspace, type: 'workspace', id: workspace },
    level: accessLevels.readwrite,
  });
  return route;
}

/** Where an address leads from a workspace, whoever asks. */
export function routeOf(address: Address, fromWorkspace: string): Route {
  const workspace =
    address.type === 'user-workspace' ? address.workspace : (workspaceOfAddress(address) ?? fromWorkspace);
  return { address, name: formatAddress(address), workspace, keeping: keepings[address.type] };
}

/** VALIDATION_FAILED for a group whose messages nobody keeps. */
export function assertKept(route: Route): asserts route is Route & { keeping: 'inbox' | MemberGroup } {
  if (route.keeping !== undefined) return;
  throw new BonafideError(
    'VALIDATION_FAILED',
    `What is sent to ${route.name} is not kept: use messages.broadcast, or session.post.`,
  );
}
