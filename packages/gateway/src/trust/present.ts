import type { TrustFactor, TrustPoint, TrustScore } from '@bonafide/core/models';
import type { StoredTrust, StoredTrustPoint } from '../stores/trust.ts';
import { factorNames } from './compute.ts';

const PLACES = 1000;

/** A score as people read it: three places. Rounded here alone, so that nothing is computed from what was rounded. */
export function presentScore(score: number): number {
  return Math.round(score * PLACES) / PLACES;
}

/** The score as the wire has it, with its factors only when asked for. */
export function presentTrust(
  trust: Omit<StoredTrust, 'workspace' | 'alarm'>,
  { detailed }: { detailed: boolean },
): TrustScore {
  const { agentId, score, isProvisional, factors, computedAt } = trust;
  const brief = { agentId, score: presentScore(score), isProvisional, computedAt };
  if (!detailed) return brief;
  const rounded = Object.fromEntries(
    factorNames.map((name) => [name, presentFactor(factors[name])]),
  ) as StoredTrust['factors'];
  return { ...brief, factors: rounded };
}

export function presentPoint({ agentId, score, factors, reason, computedAt }: StoredTrustPoint): TrustPoint {
  const values = Object.entries(factors).map(([name, value]) => [name, presentScore(value)]);
  return { agentId, score: presentScore(score), factors: Object.fromEntries(values), reason, computedAt };
}

function presentFactor(factor: TrustFactor): TrustFactor {
  return { ...factor, value: presentScore(factor.value) };
}
