import { BonafideError } from '@bonafide/core/errors';
import {
  type AccessLevel,
  type AclExplanation,
  type AclResourceType,
  accessLevels,
} from '@bonafide/core/models';
import type { Place } from '../sessions/place.ts';
import type { Reads } from '../stores/store.ts';

/** Something that access is asked to, in the workspace that owns it. */
export interface Resource {
  readonly workspace: string;
  readonly type: AclResourceType;
  /** `workspace`: its name. `principal`: a type of principal. `kv`: `scope/key`. `service`: its address. Else `*`. */
  readonly id: string;
}

/** The level that the caller has on a resource, and why. */
export function explainLevel(_tables: Reads, caller: Place, resource: Resource): AclExplanation {
  const isOwn = caller.workspace === resource.workspace;
  const level: AccessLevel =
    isOwn && resource.type !== 'principal' ? accessLevels.readwrite : accessLevels.none;
  return { level, decidedBy: isOwn ? 'fallback' : 'other-workspace', considered: [] };
}

/** FORBIDDEN unless the caller has at least this level. */
export function assertLevel(
  tables: Reads,
  caller: Place,
  { resource, level }: { readonly resource: Resource; readonly level: AccessLevel },
): void {
  if (explainLevel(tables, caller, resource).level >= level) return;
  const { type, id, workspace } = resource;
  throw new BonafideError(
    'FORBIDDEN',
    `${caller.name} needs level ${level} on ${type} ${id} of workspace ${workspace}: ask an owner for an acl rule.`,
    { details: { resourceType: type, resourceId: id, workspace, level } },
  );
}
