import type { AgentRecord, FoundAgent } from '@bonafide/core/models';
import { type PageInput, readPage } from '../paging.ts';
import { findLiving } from '../peers/registry.ts';
import { livingAt } from '../sessions/liveness.ts';
import type { ProfileQuery } from '../stores/queries.ts';
import type { Reader, Reads } from '../stores/store.ts';
import { presentScore } from '../trust/present.ts';
import { toProfile } from './agents.ts';
import { withSkills } from './skills.ts';

interface Wanted extends PageInput, Pick<ProfileQuery, 'capability' | 'text' | 'minTrust'> {
  readonly isOnline?: boolean | undefined;
}

/** Active agents of the workspace and listed ones of others, with what is known of each now. */
export function findAgents(
  { tables, workspace }: Reader,
  { wanted, nowMs }: { readonly wanted: Wanted; readonly nowMs: number },
): { items: FoundAgent[]; nextCursor?: string } {
  const { capability, text, minTrust, isOnline, ...input } = wanted;
  const query: ProfileQuery = {
    ...{ workspace, capability, text },
    // Nobody is below nothing, also who has no score yet.
    minTrust: minTrust === 0 ? undefined : minTrust,
    onlineAtMs: isOnline ? livingAt(tables, nowMs) : undefined,
  };
  const { items, ...rest } = readPage({
    input,
    read: ({ beyond, limit }) => tables.agents.findProfiles(query, { before: beyond, limit }),
    keyOf: ({ agentId }) => agentId,
  });
  return { items: items.map((agent) => toFound(tables, { agent, nowMs })), ...rest };
}

function toFound(tables: Reads, { agent, nowMs }: { agent: AgentRecord; nowMs: number }): FoundAgent {
  const { agentId: id, did, workspace } = agent;
  const score = tables.trustScores.getScore({ workspace, id });
  return {
    ...withSkills(tables, toProfile(agent)),
    ...(score === undefined ? {} : { trustScore: presentScore(score) }),
    isOnline: findLiving(tables, { did, nowMs }) !== undefined,
  };
}
