import { type TrustFactor, type TrustFactorName, trustWeights } from '@bonafide/core/models';
import { factorsOf, NEUTRAL, type TrustFacts } from './factors.ts';

export const factorNames = Object.keys(trustWeights) as TrustFactorName[];

/** A score, unrounded, with what it was computed from. */
export interface ComputedTrust {
  /** 0 to 1. */
  readonly score: number;
  readonly isProvisional: boolean;
  readonly factors: Readonly<Record<TrustFactorName, TrustFactor>>;
}

/** Computes the trust in an agent from what is known of it: the weighted sum of eight factors, 0 once it is revoked. */
export function computeTrust(facts: TrustFacts, nowMs: number): ComputedTrust {
  const factors = factorsOf(facts, nowMs);
  return {
    score: facts.isRevoked ? 0 : weigh(valuesOf(factors)),
    isProvisional: !factors.verification.hasEnoughData,
    factors,
  };
}

/** The weighted sum of the factors, 0 to 1. */
export function weigh(values: Readonly<Record<TrustFactorName, number>>): number {
  const sum = factorNames.reduce((total, name) => total + trustWeights[name] * values[name], 0);
  // The weights add up to 1 only as far as floating point can say.
  return Math.min(1, Math.max(0, sum));
}

export function valuesOf(
  factors: Readonly<Record<TrustFactorName, TrustFactor>>,
): Record<TrustFactorName, number> {
  return Object.fromEntries(factorNames.map((name) => [name, factors[name].value])) as Record<
    TrustFactorName,
    number
  >;
}

/** Whether something speaks against the agent, whatever else is unknown of it. */
export function isTroubled({
  securityAlerts,
  compliance,
  drift,
  userFeedback,
}: ComputedTrust['factors']): boolean {
  const brokeApprovals = compliance.numerator < compliance.denominator;
  return securityAlerts.value < 1 || brokeApprovals || drift.value < 1 || userFeedback.value < NEUTRAL;
}

/** An agent that just registered and has done nothing. */
const newcomer: TrustFacts = {
  registeredAt: new Date(0).toISOString(),
  isRevoked: false,
  tally: {
    ...{ approved: 0, denied: 0, expired: 0, unanswered: 0 },
    ...{ executed: 0, failed: 0, supervised: 0, violations: 0 },
  },
  alerts: { info: 0, warning: 0, high: 0, critical: 0 },
  drifts: { all: 0, unresolved: 0 },
  feedback: { positive: 0, negative: 0 },
};

/** The score of an agent that nothing is known of. */
export const PRIOR = computeTrust(newcomer, 0).score;
