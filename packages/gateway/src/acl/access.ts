import { BonafideError } from '@bonafide/core/errors';
import {
  type AccessLevel,
  type AclExplanation,
  type AclResourceType,
  accessLevels,
} from '@bonafide/core/models';
import type { Place } from '../sessions/place.ts';
import type { Reads } from '../stores/store.ts';
import { tenantOf } from '../workspaces/tenant.ts';
import { type CompiledAcl, compiledAcl } from './compiled.ts';
import { fallbackLevel } from './fallbacks.ts';
import { subjectOf } from './subject.ts';

/** Something that access is asked to, in the workspace that owns it. */
export interface Resource {
  readonly workspace: string;
  readonly type: AclResourceType;
  /** `workspace`: its name. `principal`: a type of principal. `kv`: `scope/key`. `service`: its address. Else `*`. */
  readonly id: string;
}

type AclReads = Pick<Reads, 'acl' | 'workspaces' | 'members'>;

/** The level that the caller has on a resource, and why. */
export function explainLevel(tables: AclReads, caller: Place, resource: Resource): AclExplanation {
  const { workspace, isShared } = ownerOf(tables, resource);
  const acl = compiledAcl(tables, workspace);
  const { rule, considered } = acl.decide({
    subject: subjectOf(caller, workspace),
    resource,
    nowMs: caller.now?.() ?? Date.now(),
  });
  const bounded = (level: AccessLevel): AccessLevel =>
    caller.maxLevel !== undefined && caller.maxLevel < level ? caller.maxLevel : level;
  if (rule) return { level: bounded(rule.level), decidedBy: 'rule', rule, considered: [...considered] };
  const isOwn = caller.home === workspace || (isShared && tenantOf(tables, caller.home) === workspace);
  if (!isOwn) return { level: accessLevels.none, decidedBy: 'other-workspace', considered: [] };
  const level = levelWithoutRule(tables, { acl, caller, resource: { ...resource, workspace } });
  return { level: bounded(level), decidedBy: 'fallback', considered: [] };
}

/** FORBIDDEN unless the caller has at least this level. */
export function assertLevel(
  tables: AclReads,
  caller: Place,
  { resource, level }: { readonly resource: Resource; readonly level: AccessLevel },
): void {
  if (explainLevel(tables, caller, resource).level >= level) return;
  const { type, id, workspace } = resource;
  const what = type === 'workspace' ? `workspace ${id}` : `${type} ${id} of workspace ${workspace}`;
  throw new BonafideError(
    'FORBIDDEN',
    `${caller.name} needs level ${level} on ${what}: ask an owner there for an acl rule.`,
    { details: { resourceType: type, resourceId: id, workspace, level } },
  );
}

/** Global keys are those of the tenant: the rules of its root decide, and every workspace of it is at home there. */
function ownerOf(
  tables: AclReads,
  { type, id, workspace }: Resource,
): { readonly workspace: string; readonly isShared: boolean } {
  const isShared = type === 'kv' && id.startsWith('global/');
  return { workspace: isShared ? tenantOf(tables, workspace) : workspace, isShared };
}

function levelWithoutRule(
  tables: AclReads,
  {
    acl,
    caller,
    resource,
  }: { readonly acl: CompiledAcl; readonly caller: Place; readonly resource: Resource },
): AccessLevel {
  const isOwner = caller.home === resource.workspace && isOwnerStill(tables, caller);
  return fallbackLevel(acl, { address: caller.address, role: caller.role, isOwner }, resource);
}

const MEMBER = 'member:';

// A session may be open for long: the role is that of now.
function isOwnerStill({ members }: Pick<Reads, 'members'>, { role, actor, home }: Place): boolean {
  if (role !== 'owner' || !actor.startsWith(MEMBER)) return false;
  const member = members.get({ workspace: home, id: actor.slice(MEMBER.length) });
  return member?.role === 'owner' && member.status === 'active';
}
