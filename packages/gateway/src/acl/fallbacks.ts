import {
  type AccessLevel,
  type AclFallback,
  type AclResourceType,
  accessLevels,
  aclResourceType,
  type PrincipalType,
  principalType,
} from '@bonafide/core/models';
import type { Place } from '../sessions/place.ts';
import type { CompiledAcl } from './compiled.ts';

const { none, read, readwrite, manage, superadmin } = accessLevels;

/** What every type of principal has in its own workspace where no rule decides and nobody set something else. */
const defaults: Readonly<Record<AclResourceType, AccessLevel>> = {
  workspace: readwrite,
  kv: readwrite,
  service: readwrite,
  task: read,
  principal: none,
  queue: none,
  admin: none,
};

/**
 * Where the id of the resource says more than its type: `fixed` holds whatever was set for the type, `most` bounds it. To open
 * these it takes a rule, so that a wider fallback never lets one read the keys of another.
 */
const byId: readonly {
  readonly type: AclResourceType;
  readonly id: RegExp;
  readonly fixed?: AccessLevel;
  readonly most?: AccessLevel;
}[] = [
  { type: 'kv', id: /^global\//, most: read },
  { type: 'kv', id: /^user(-workspace)?\//, fixed: none },
  { type: 'principal', id: /^(agent|task|pooled-task|user)$/, fixed: manage },
];

type Asker = Pick<Place, 'address' | 'role'> & { readonly isOwner: boolean };
type Asked = { readonly type: AclResourceType; readonly id: string };

/**
 * What holds where no rule does: an owner has everything in its own workspace, a token of a member may hold the address of a
 * service, and all else is in the tables above.
 */
export function fallbackLevel(acl: CompiledAcl, asker: Asker, { type, id }: Asked): AccessLevel {
  if (asker.isOwner) return superadmin;
  if (asker.role === 'member' && type === 'principal' && id === 'service') return manage;
  const exception = byId.find((each) => each.type === type && each.id.test(id));
  if (exception?.fixed !== undefined) return exception.fixed;
  const level = acl.getFallback(asker.address.type, type) ?? defaults[type];
  return exception?.most !== undefined && exception.most < level ? exception.most : level;
}

/** Every type of principal on every type of resource. */
export function listFallbacks(acl: CompiledAcl): AclFallback[] {
  return principalType.options.flatMap((principal) =>
    aclResourceType.options.map((resource) => fallbackOf(acl, principal, resource)),
  );
}

function fallbackOf(
  acl: CompiledAcl,
  ...[principal, resource]: [PrincipalType, AclResourceType]
): AclFallback {
  const set = acl.getFallback(principal, resource);
  const level = set ?? defaults[resource];
  return { principalType: principal, resourceType: resource, level, isDefault: set === undefined };
}
