import { type Agent, BonafideError, type Grant, VerificationError } from '@bonafide/core';
import type { PeerIdentity } from '../connection/connector.ts';
import type { Json } from './types.ts';

interface Serving {
  readonly from: PeerIdentity;
  readonly capability: string;
  readonly args: Readonly<Record<string, Json>>;
  readonly intentId: string | undefined;
  readonly risk: 'low' | 'medium' | 'high' | 'critical' | undefined;
  readonly signal: AbortSignal;
}

/** Permission of the own gateway to run a capability for a peer; why not is nobody's business there. */
export async function permitServing(agent: Pick<Agent, 'authorize'>, serving: Serving): Promise<Grant> {
  const { from, capability, args, intentId, risk = 'medium', signal } = serving;
  const parameters = { did: from.did, capability, args, ...(intentId !== undefined && { intentId }) };
  const action = `peers.serve:${capability}`;
  try {
    return await agent.authorize({ action, resource: from.did, parameters, risk }, { signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw toRefusal(cause);
  }
}

function toRefusal(cause: unknown): BonafideError {
  const code = BonafideError.is(cause) ? cause.code : 'INTERNAL';
  if (code === 'DENIED') return new VerificationError('The peer may not do this for you.', { cause });
  if (code === 'EXPIRED') {
    return new VerificationError('Nobody at the peer decided in time.', { code: 'EXPIRED', cause });
  }
  if (code === 'PAYLOAD_TOO_LARGE' || code === 'VALIDATION_FAILED') {
    return new BonafideError(code, 'The peer cannot ask for permission with these arguments.', { cause });
  }
  return new BonafideError('UNAVAILABLE', 'The peer cannot ask for permission now.', { cause });
}
