import type { TrustScore } from '@bonafide/core/models';
import { getAgent } from '../agents/agents.ts';
import type { Reader } from '../stores/store.ts';
import { computeTrust } from './compute.ts';
import { readFacts } from './facts.ts';
import { presentTrust } from './present.ts';

interface Wanted {
  readonly agentId: string;
  readonly detailed: boolean;
  readonly nowMs: number;
}

/** The score decisions go by, as it was computed last; of an agent that came a moment ago, as it will be. */
export function readTrust(reader: Reader, { agentId, detailed, nowMs }: Wanted): TrustScore {
  const agent = getAgent(reader, agentId);
  const { workspace } = reader;
  const stored = reader.tables.trustScores.get({ workspace, id: agentId });
  const computedAt = new Date(nowMs).toISOString();
  const trust = stored ?? {
    ...computeTrust(readFacts(reader, { agent, nowMs }), nowMs),
    ...{ agentId, computedAt },
  };
  return presentTrust(trust, { detailed });
}
