import type { Reads } from '../stores/store.ts';

/** The root of the tenant that the workspace belongs to, by name; a workspace that nobody made yet is its own. */
export function tenantOf({ workspaces }: Pick<Reads, 'workspaces'>, workspace: string): string {
  return workspaces.getTenant(workspace) ?? workspace;
}
