import { trustWeights } from '@bonafide/core/models';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tally } from '../stores/trust.ts';
import { computeTrust, factorNames, isTroubled, PRIOR, weigh } from './compute.ts';
import type { TrustFacts } from './factors.ts';
import { presentScore } from './present.ts';

const DAY_MS = 86_400_000;
const nowMs = Date.parse('2026-06-15T12:00:00.000Z');

const nothing: Tally = {
  ...{ approved: 0, denied: 0, expired: 0, unanswered: 0 },
  ...{ executed: 0, failed: 0, supervised: 0, violations: 0 },
};
const noAlerts = { info: 0, warning: 0, high: 0, critical: 0 };

interface Given {
  readonly tally?: Partial<Tally>;
  readonly alerts?: Partial<TrustFacts['alerts']>;
  readonly drifts?: TrustFacts['drifts'];
  readonly feedback?: TrustFacts['feedback'];
  readonly ageDays?: number;
  readonly isRevoked?: boolean;
}

function trustOf({ tally, alerts, drifts, feedback, ageDays = 0, isRevoked = false }: Given) {
  const facts: TrustFacts = {
    registeredAt: new Date(nowMs - ageDays * DAY_MS).toISOString(),
    isRevoked,
    tally: { ...nothing, ...tally },
    alerts: { ...noAlerts, ...alerts },
    drifts: drifts ?? { all: 0, unresolved: 0 },
    feedback: feedback ?? { positive: 0, negative: 0 },
  };
  return computeTrust(facts, nowMs);
}

describe('the weights', () => {
  it('give the example of the AIM guide its score', () => {
    const values = {
      ...{ verification: 1, uptime: 1, successRate: 0.98, securityAlerts: 1 },
      ...{ compliance: 1, age: 0.5, drift: 1, userFeedback: 1 },
    };
    expect(weigh(values)).toBeCloseTo(0.947, 12);
    expect(presentScore(weigh(values))).toBe(0.947);
  });

  it('add up to 1', () => {
    expect(Object.values(trustWeights).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  });

  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const values = fc.record({
    ...{ verification: share, uptime: share, successRate: share, securityAlerts: share },
    ...{ compliance: share, age: share, drift: share, userFeedback: share },
  });

  it('keep every score between 0 and 1', () => {
    fc.assert(fc.property(values, (each) => weigh(each) >= 0 && weigh(each) <= 1));
  });

  it('never lower a score because a factor rose', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(...factorNames), share, (each, name, other) => {
        const [low, high] = [Math.min(each[name], other), Math.max(each[name], other)];
        return weigh({ ...each, [name]: low }) <= weigh({ ...each, [name]: high });
      }),
    );
  });
});

describe('a factor', () => {
  it.each([
    // factor, what is known, value, numerator, denominator, whether that is enough
    ['verification', {}, 0.75, 0, 0, false],
    ['verification', { tally: { denied: 4 } }, 0.75, 0, 4, false],
    ['verification', { tally: { approved: 4, denied: 1 } }, 0.8, 4, 5, true],
    ['verification', { tally: { denied: 5 } }, 0, 0, 5, true],
    ['uptime', { tally: { approved: 4, expired: 4 } }, 0.75, 0, 4, false],
    ['uptime', { tally: { approved: 10, expired: 3, unanswered: 1 } }, 0.8, 8, 10, true],
    ['uptime', { tally: { approved: 5, expired: 9 } }, 0, 0, 5, true],
    ['uptime', { tally: { approved: 5, expired: 1, unanswered: 2 } }, 1, 5, 5, true],
    ['successRate', { tally: { executed: 2, failed: 2 } }, 0.75, 2, 4, false],
    ['successRate', { tally: { executed: 3, failed: 2 } }, 0.6, 3, 5, true],
    ['securityAlerts', {}, 1, 0, 0, true],
    ['securityAlerts', { alerts: { info: 9 } }, 1, 0, 9, true],
    ['securityAlerts', { alerts: { warning: 2, info: 1 } }, 0.75, 2, 3, true],
    ['securityAlerts', { alerts: { high: 1, warning: 2 } }, 0.5, 1, 3, true],
    ['securityAlerts', { alerts: { critical: 1, high: 1 } }, 0, 1, 2, true],
    ['compliance', {}, 0.75, 0, 0, false],
    ['compliance', { tally: { supervised: 4 } }, 0.75, 4, 4, false],
    ['compliance', { tally: { supervised: 5 } }, 1, 5, 5, true],
    ['compliance', { tally: { supervised: 9, violations: 1 } }, 0.9, 9, 10, true],
    ['compliance', { tally: { violations: 1 } }, 0, 0, 1, true],
    ['compliance', { tally: { supervised: 3, violations: 1 } }, 0.75, 3, 4, true],
    ['compliance', { tally: { supervised: 1, violations: 1 } }, 0.5, 1, 2, true],
    ['age', { ageDays: 0 }, 0.3, 0, 90, true],
    ['age', { ageDays: 6.99 }, 0.3, 6, 90, true],
    ['age', { ageDays: 7 }, 0.5, 7, 90, true],
    ['age', { ageDays: 30 }, 0.75, 30, 90, true],
    ['age', { ageDays: 89.99 }, 0.75, 89, 90, true],
    ['age', { ageDays: 90 }, 1, 90, 90, true],
    ['age', { ageDays: -1 }, 0.3, 0, 90, true],
    ['drift', { drifts: { all: 2, unresolved: 0 } }, 1, 0, 2, true],
    ['drift', { drifts: { all: 2, unresolved: 1 } }, 0, 1, 2, true],
    ['userFeedback', {}, 0.75, 0, 0, false],
    ['userFeedback', { feedback: { positive: 10, negative: 2 } }, 0.75, 10, 12, false],
    ['userFeedback', { feedback: { positive: 11, negative: 2 } }, 1, 11, 13, true],
    ['userFeedback', { feedback: { positive: 99, negative: 3 } }, 0.5, 99, 102, true],
    ['userFeedback', { feedback: { positive: 99, negative: 6 } }, 0, 99, 105, true],
  ] as const)('%s of %j is %d', (name, given, value, numerator, denominator, hasEnoughData) => {
    const factor = trustOf(given).factors[name];
    expect(factor).toMatchObject({ numerator, denominator, hasEnoughData, weight: trustWeights[name] });
    expect(factor.value).toBeCloseTo(value, 12);
  });
});

describe('the score', () => {
  it('of an agent that has done nothing is the prior, and provisional', () => {
    const fresh = trustOf({});
    expect(fresh.score).toBe(PRIOR);
    expect(presentScore(PRIOR)).toBe(0.755);
    expect([fresh.isProvisional, isTroubled(fresh.factors)]).toEqual([true, false]);
  });

  it('is provisional until five actions were decided', () => {
    expect(trustOf({ tally: { approved: 4 } }).isProvisional).toBe(true);
    expect(trustOf({ tally: { approved: 3, denied: 2 } }).isProvisional).toBe(false);
  });

  it('of a revoked agent is 0, however good it was', () => {
    expect(trustOf({ tally: { approved: 999, executed: 999 }, ageDays: 999, isRevoked: true }).score).toBe(0);
  });

  it.each([
    { alerts: { warning: 1 } },
    { tally: { violations: 1 } },
    { tally: { supervised: 99, violations: 1 } },
    { drifts: { all: 1, unresolved: 1 } },
    { feedback: { positive: 0, negative: 3 } },
  ])('is troubled by %j', (given) => {
    expect(isTroubled(trustOf(given).factors)).toBe(true);
  });

  const count = fc.nat(1000);
  const tally = fc.record({
    ...{ approved: count, denied: count, expired: count, unanswered: count },
    ...{ executed: count, failed: count, supervised: count, violations: count },
  });
  const alerts = fc.record({ info: count, warning: count, high: count, critical: count });
  const given = fc.record({
    ...{ tally, alerts, feedback: fc.record({ positive: count, negative: count }) },
    drifts: fc.record({ all: count, unresolved: count }),
    ageDays: fc.double({ min: -10, max: 10_000, noNaN: true }),
    isRevoked: fc.boolean(),
  });

  it('and each factor are between 0 and 1, whatever is known', () => {
    fc.assert(
      fc.property(given, (known) => {
        const { score, factors } = trustOf(known);
        for (const value of [score, ...factorNames.map((name) => factors[name].value)]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it.each(['critical', 'high', 'warning', 'info'] as const)(
    'never rises by one more %s alert',
    (severity) => {
      fc.assert(
        fc.property(given, (known) => {
          const worse = { ...known, alerts: { ...known.alerts, [severity]: known.alerts[severity] + 1 } };
          expect(trustOf(worse).score).toBeLessThanOrEqual(trustOf(known).score);
        }),
      );
    },
  );
});
