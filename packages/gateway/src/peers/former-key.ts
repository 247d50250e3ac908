import type { Reader } from '../stores/store.ts';

const SERVING = 'peers.serve:';

/** The key for which a peer would run something, where it is that of a revoked agent, or one that its agent replaced. */
export function formerKeyOf(
  { tables }: Reader,
  { action, resource }: { readonly action: string; readonly resource: string | undefined },
): string | undefined {
  if (resource === undefined || !action.startsWith(SERVING)) return undefined;
  // Of whichever workspace: peers of others cannot be looked up by who serves them.
  const agent = tables.agents.findByDid(resource);
  const isFormer = agent && (agent.did !== resource || agent.status !== 'active');
  return isFormer ? resource : undefined;
}
