import { BonafideError } from '@bonafide/core/errors';
import { accessLevels, type Workspace } from '@bonafide/core/models';
import { explainLevel } from '../acl/access.ts';
import type { Place } from '../sessions/place.ts';
import type { Reads } from '../stores/store.ts';
import { tenantOf } from './tenant.ts';
import { getWorkspace } from './workspaces.ts';

/** The level on `admin` with this id, in the root for the whole tenant or in one workspace for itself, is about workspaces. */
const WORKSPACES = 'workspaces';

/** The open workspaces of the caller's tenant that it may read, by name. */
export function listSiblings(tables: Reads, caller: Place): Workspace[] {
  return tables.workspaces
    .listOfTenant(tenantOf(tables, caller.home))
    .filter(({ name }) => mayRead(tables, caller, name))
    .map(({ name }) => getWorkspace({ tables, workspace: name }));
}

/** NOT_FOUND unless the caller may read the workspace, FORBIDDEN unless it may close it. */
export function assertMayClose(tables: Reads, caller: Place, name: string): void {
  if (!isOfTenant(tables, caller, name) || !mayRead(tables, caller, name)) throw notFound(name);
  if (adminLevel(tables, caller, name) >= accessLevels.admin) return;
  throw new BonafideError(
    'FORBIDDEN',
    `Closing ${name} needs its owner, an owner of ${tenantOf(tables, name)}, or an acl rule of level ${accessLevels.admin} on admin ${WORKSPACES}.`,
  );
}

function isOfTenant(tables: Reads, { home }: Place, name: string): boolean {
  return tables.workspaces.getTenant(name) === tenantOf(tables, home);
}

function mayRead(tables: Reads, caller: Place, name: string): boolean {
  const resource = { workspace: name, type: 'workspace', id: name } as const;
  return (
    explainLevel(tables, caller, resource).level >= accessLevels.read ||
    adminLevel(tables, caller, name) >= accessLevels.read
  );
}

/** The higher of that in the workspace and that in the root of the tenant, whose owners are over all of it. */
function adminLevel(tables: Reads, caller: Place, name: string): number {
  const levels = [name, tenantOf(tables, name)].map(
    (workspace) => explainLevel(tables, caller, { workspace, type: 'admin', id: WORKSPACES }).level,
  );
  return Math.max(...levels);
}

function notFound(name: string): BonafideError {
  return new BonafideError('NOT_FOUND', `There is no workspace ${name}.`);
}
