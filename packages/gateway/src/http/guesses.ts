import { BonafideError } from '@bonafide/core/errors';
import type { RemoteOperation, StreamOperation } from '@bonafide/core/operations';
import type { Principal } from '../context.ts';
import { createRateLimiter } from './rate-limit.ts';

export interface GuessLimit {
  readonly perMinute: number;
  readonly burst: number;
}

/**
 * Slows down who tries proofs that do not hold, much harder than who merely calls often. It counts by network, and behind
 * one there may be many: whoever has proven something from there before is let through to prove it again.
 */
export interface GuessGuard {
  /** RATE_LIMITED, before the proof is looked at, for a network that tried too often. */
  check(network: string): void;
  /** Counts a proof that did not hold; RATE_LIMITED when that was one too many. */
  count(network: string): void;
  isFamiliar(network: string, secretHash: string): boolean;
  remember(network: string, secretHash: string): void;
  sweep(): void;
}

const MAX_FAMILIAR = 10_000;

export function createGuessGuard({ perMinute, burst }: GuessLimit, now: () => number): GuessGuard {
  const { check, take, sweep } = createRateLimiter({ perSecond: perMinute / 60, burst }, now);
  const familiar = new Set<string>();
  return {
    ...{ check, sweep },
    count: (network) => void take(network),
    isFamiliar: (network, secretHash) => familiar.has(`${network} ${secretHash}`),
    remember(network, secretHash) {
      if (familiar.size >= MAX_FAMILIAR) familiar.clear();
      familiar.add(`${network} ${secretHash}`);
    },
  };
}

/** Whether whoever calls this could be trying out secrets that are in its input: invitations, enrolment tokens. */
export function takesSecret(
  { access, errors }: RemoteOperation | StreamOperation,
  principal: Principal,
): boolean {
  if (access === 'enrolment') return principal.kind === 'key';
  return access === 'public' && errors.includes('UNAUTHENTICATED');
}

/** Whether an operation answers so when the secret in its input is wrong. */
export function isWrongSecret(cause: unknown): boolean {
  return BonafideError.is(cause) && (cause.code === 'UNAUTHENTICATED' || cause.code === 'FORBIDDEN');
}
