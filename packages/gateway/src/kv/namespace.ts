import { BonafideError, ValidationError } from '@bonafide/core/errors';
import { type AccessLevel, accessLevels, type KvScope } from '@bonafide/core/models';
import { explainLevel, type Resource } from '../acl/access.ts';
import { type OnBehalf, readOnBehalf } from '../grants/on-behalf.ts';
import type { Place } from '../sessions/place.ts';
import type { Reads } from '../stores/store.ts';
import { tenantOf } from '../workspaces/tenant.ts';

/** Where the caller says that keys are. */
export interface KvPlace {
  readonly scope: KvScope;
  readonly userId?: string | undefined;
  readonly grantId?: string | undefined;
}

/** Keys that belong together, and what the caller may do with them. */
export interface Namespace {
  readonly name: string;
  /** In whose name the caller acts, when it brought a grant. */
  readonly onBehalf: OnBehalf | undefined;
  /** Whether the caller has this level on a key. */
  allows(key: string, level: AccessLevel): boolean;
  /** FORBIDDEN unless the caller has this level on a key. */
  assert(key: string, level: AccessLevel): void;
}

interface Asked {
  readonly place: KvPlace;
  /** Such as `kv.put`; a grant names what it is for. */
  readonly operation: string;
  readonly nowMs: number;
}

/** Finds the keys that a caller means; FORBIDDEN for a grant that does not hold. */
export function findNamespace(tables: Reads, caller: Place, { place, ...asked }: Asked): Namespace {
  const onBehalf = readOnBehalf(tables, caller, { ...asked, grantId: place.grantId });
  const actor = onBehalf?.place ?? caller;
  const self = actor.address.type === 'user' ? actor.address.user : undefined;
  const asUser = { scope: place.scope, userId: place.userId ?? self };
  const { scope, workspace, userId } = locate(tables, actor, asUser);
  const path = userId === undefined ? scope : `${scope}/${userId}`;
  const resourceOf = (key: string): Resource => ({ workspace, type: 'kv', id: `${path}/${key}` });
  const allows: Namespace['allows'] = (key, level) => {
    // The keys of a user are its own: no fallback opens them, only the user itself, its grant, or a rule that names them.
    if (userId !== undefined && userId === self) return level <= (actor.maxLevel ?? level);
    const explained = explainLevel(tables, actor, resourceOf(key));
    return explained.level >= level && (userId === undefined || explained.decidedBy === 'rule');
  };
  return {
    // The user comes last, because only its id may hold slashes.
    name: userId === undefined ? `${scope}/${workspace}` : `${scope}/${workspace}/${userId}`,
    onBehalf,
    allows,
    assert(key, level) {
      if (!allows(key, level)) throw refused(actor, { resource: resourceOf(key), level });
    },
  };
}

interface Location {
  readonly scope: KvScope;
  readonly userId: string | undefined;
}

/** `workspace` is the one that owns the keys: for what all workspaces of a tenant share, its root. */
function locate(tables: Reads, caller: Place, { scope, userId }: Location): Location & { workspace: string } {
  const isShared = scope === 'global' || scope === 'user';
  const workspace = isShared ? tenantOf(tables, caller.workspace) : caller.workspace;
  if (scope === 'global' || scope === 'workspace') return { scope, workspace, userId: undefined };
  if (userId !== undefined) return { scope, workspace, userId };
  throw new ValidationError(`userId: is needed for scope ${scope}, because the caller is no user`, {
    issues: [{ path: 'userId', message: `is needed for scope ${scope}, because the caller is no user` }],
  });
}

function refused(
  { name }: Place,
  { resource, level }: { readonly resource: Resource; readonly level: AccessLevel },
): BonafideError {
  const { type, id, workspace } = resource;
  const wanted = level === accessLevels.read ? 'read' : 'write';
  return new BonafideError(
    'FORBIDDEN',
    `${name} may not ${wanted} ${id} of workspace ${workspace}: ask an owner for an acl rule of level ${level}.`,
    { details: { resourceType: type, resourceId: id, workspace, level } },
  );
}

/** What is told when a key of a namespace changed. */
export function kvTopic(namespace: string): string {
  return `kv/${namespace}`;
}
