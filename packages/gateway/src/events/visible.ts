import type { Scope } from '@bonafide/core/operations';
import type { Context, Principal } from '../context.ts';
import { holds } from '../http/scopes.ts';
import type { StoredEvent } from '../stores/store.ts';
import { mayHearOf, viewerOf } from '../tasks/visible.ts';
import { readBearer } from '../tokens/bearer.ts';
import { CHAIN_WORKSPACE } from '../workspaces/names.ts';

/** What not everybody may read who follows events, and the scope that it takes. */
const restricted: Readonly<Record<string, Scope>> = {
  member: 'workspace:members.read',
  token: 'workspace:tokens.manage',
  webhook: 'workspace:webhooks.manage',
  acl: 'workspace:acl.read',
  grant: 'workspace:acl.read',
};

/** Of these an agent sees its own alone, as in their lists. */
const ownOnly: ReadonlySet<string> = new Set(['action', 'approval', 'capability', 'alert', 'trust']);

/** Whether the caller may know of the event: what it may not read it is not told either. */
export function isVisible(context: Context, { workspace, type, data }: StoredEvent): boolean {
  if (workspace === CHAIN_WORKSPACE) return true;
  const noun = type.slice(0, type.indexOf('.'));
  const scope = restricted[noun];
  if (scope !== undefined && !holds(current(context), scope)) return false;
  if (noun === 'task' || noun === 'notification') return mayHearOf(viewerOf(context), data);
  const { principal } = context;
  return principal.kind !== 'agent' || !ownOnly.has(noun) || data.agentId === principal.agent.agentId;
}

/** A stream may be open for long: the role is that of now. */
function current({ principal, read }: Context): Principal {
  if (principal.kind !== 'token') return principal;
  const bearer = readBearer(read, principal.token);
  return bearer ? { kind: 'token', ...bearer } : { kind: 'anonymous' };
}
