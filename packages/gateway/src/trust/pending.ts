import type { Folded } from './fold.ts';

/** Agents of one workspace whose score is to be computed, each with the reason. */
export interface Chunk {
  readonly workspace: string;
  readonly agents: ReadonlyMap<string, string>;
}

/** Whose score is to be computed anew, and what happened to them meanwhile. */
export interface Pending {
  add(folded: Folded): void;
  /** Hands all out, so many at a time. */
  takeAgents(size: number): Generator<Chunk>;
  /** Workspaces in which every score is to be looked at. */
  takeWorkspaces(): readonly string[];
}

export function createPending(): Pending {
  let agents = new Map<string, Map<string, Map<string, number>>>();
  let workspaces = new Set<string>();
  return {
    add({ touched, resettled }) {
      for (const workspace of resettled) workspaces.add(workspace);
      for (const [workspace, byAgent] of touched) {
        const known = agents.get(workspace) ?? new Map<string, Map<string, number>>();
        agents.set(workspace, known);
        for (const [agentId, touches] of byAgent) {
          const counts = known.get(agentId) ?? new Map<string, number>();
          known.set(agentId, counts);
          for (const [type, count] of touches) counts.set(type, (counts.get(type) ?? 0) + count);
        }
      }
    },
    *takeAgents(size) {
      const taken = agents;
      agents = new Map();
      for (const [workspace, byAgent] of taken) {
        const reasons = [...byAgent].map(([agentId, counts]) => [agentId, reasonOf(counts)] as const);
        for (let start = 0; start < reasons.length; start += size) {
          yield { workspace, agents: new Map(reasons.slice(start, start + size)) };
        }
      }
    },
    takeWorkspaces() {
      const taken = [...workspaces];
      workspaces = new Set();
      return taken;
    },
  };
}

/** As in `action.approved (3), action.failed`. */
function reasonOf(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([type, count]) => (count === 1 ? type : `${type} (${count})`)).join(', ');
}
