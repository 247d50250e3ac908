import { AuthenticationError, BonafideError } from '@bonafide/core/errors';
import { verifyEnvelope } from '@bonafide/core/identity';
import type { AgentRecord } from '@bonafide/core/models';
import { z } from 'zod';

const MAX_AGE_MS = 5 * 60 * 1000;

const payload = z.strictObject({
  serverId: z.string(),
  toolsDigest: z.string(),
  at: z.iso.datetime({ precision: 3 }),
});

interface Expected {
  readonly agent: AgentRecord;
  readonly serverId: string;
  readonly toolsDigest: string;
  readonly nowMs: number;
}

/** Checks who signed what and when; returns the time of the signature. Throws AuthenticationError or FORBIDDEN. */
export async function verifyAttestation(text: string, expected: Expected): Promise<string> {
  const { agent, serverId, toolsDigest, nowMs } = expected;
  const { iss, iat, payload: signed } = await verifyEnvelope(text, { type: 'mcp.attestation', nowMs });
  const { data } = payload.safeParse(signed);
  const isOfThis = iss === agent.did && data?.serverId === serverId && data.toolsDigest === toolsDigest;
  if (!isOfThis || Math.floor(Date.parse(data.at) / 1000) !== iat) {
    throw new BonafideError(
      'FORBIDDEN',
      'The attestation must be signed by the calling agent, for this server, digest and time.',
    );
  }
  if (nowMs - Date.parse(data.at) > MAX_AGE_MS) {
    throw new AuthenticationError(
      'The attestation is older than five minutes. Ask the server and sign again.',
      {
        code: 'SIGNATURE_EXPIRED',
      },
    );
  }
  return data.at;
}
