import { type Agent, AuthenticationError, BonafideError } from '@bonafide/core';
import type { PeerIdentity } from '../connection/connector.ts';
import { dropFirst } from './answered-intents.ts';

const CHECKED_FOR_MS = 60_000;
const MAX_CHECKED = 1_000;

/** Throws unless the agent behind a link is still active under this key; asks the gateway at most once a minute. */
export type RequesterCheck = (identity: PeerIdentity) => Promise<void>;

interface CheckParts {
  readonly agent: Pick<Agent, 'agents' | 'record'>;
  readonly now: () => number;
}

export function createRequesterCheck({ agent, now }: CheckParts): RequesterCheck {
  const checks = new Map<string, { readonly at: number; readonly outcome: Promise<void> }>();
  return (identity) => {
    const known = checks.get(identity.did);
    if (known && Math.abs(now() - known.at) < CHECKED_FOR_MS) return known.outcome;
    const check = { at: now(), outcome: assertActive(agent, identity) };
    checks.delete(identity.did);
    checks.set(identity.did, check);
    dropFirst(checks, MAX_CHECKED);
    // What could not be found out is asked again the next time.
    check.outcome.catch(() => checks.get(identity.did) === check && checks.delete(identity.did));
    return check.outcome;
  };
}

async function assertActive(agent: CheckParts['agent'], identity: PeerIdentity): Promise<void> {
  const record = await find(agent, identity);
  // Unlisted agents of other workspaces cannot be looked up; `accept` let this one in, and the policy is asked about it.
  if (!record && identity.workspace !== agent.record.workspace) return;
  if (record?.status === 'active' && record.did === identity.did) return;
  throw new AuthenticationError('The agent that asks was revoked, or has another key now.', {
    code: 'REVOKED',
  });
}

async function find(agent: CheckParts['agent'], { agentId }: PeerIdentity) {
  try {
    return await agent.agents.get({ agentId });
  } catch (cause) {
    if (BonafideError.is(cause) && cause.code === 'NOT_FOUND') return undefined;
    throw new BonafideError('UNAVAILABLE', 'The peer cannot find out now who asks.', { cause });
  }
}
