import { BonafideError } from '@bonafide/core/errors';
import { verifyEnvelope } from '@bonafide/core/identity';
import type { AgentRecord } from '@bonafide/core/models';
import { z } from 'zod';

const rotation = z.strictObject({ agentId: z.string(), oldDid: z.string(), newDid: z.string() });

/** Checks that whoever holds the new key wants it to be this agent's; throws AuthenticationError or FORBIDDEN. */
export async function assertRotationProof(
  proof: string,
  { agent, newDid, nowMs }: { agent: AgentRecord; newDid: string; nowMs: number },
): Promise<void> {
  const envelope = await verifyEnvelope(proof, { type: 'agent.key-rotation', nowMs });
  const { data } = rotation.safeParse(envelope.payload);
  const isProof =
    envelope.iss === newDid &&
    data?.agentId === agent.agentId &&
    data.oldDid === agent.did &&
    data.newDid === newDid;
  if (isProof) return;
  throw new BonafideError(
    'FORBIDDEN',
    'The proof must be signed by the new key, for this agent and both DIDs.',
  );
}
