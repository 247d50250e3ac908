import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { computeTrust, factorNames, PRIOR } from './compute.ts';
import { presentScore } from './present.ts';

const DAY_MS = 86_400_000;
const page = readFileSync(new URL('../../../../docs/trust.md', import.meta.url), 'utf8');

it('the example in the documentation is what the code computes', () => {
  const nowMs = Date.parse('2026-06-15T12:00:00.000Z');
  const { score, factors } = computeTrust(
    {
      registeredAt: new Date(nowMs - 40 * DAY_MS).toISOString(),
      isRevoked: false,
      tally: {
        ...{ approved: 47, denied: 3, expired: 2, unanswered: 0 },
        ...{ executed: 44, failed: 1, supervised: 10, violations: 0 },
      },
      alerts: { info: 0, warning: 1, high: 0, critical: 0 },
      drifts: { all: 0, unresolved: 0 },
      feedback: { positive: 4, negative: 0 },
    },
    nowMs,
  );
  const rows = factorNames.map((name) => {
    const { value, weight, numerator, denominator } = factors[name];
    const counted = `${numerator} of ${denominator}`;
    return `| ${name} | ${counted} | ${value.toFixed(3)} | ${weight.toFixed(2)} | ${(value * weight).toFixed(4)} |`;
  });
  const table = [...rows, `| **score** | | | | **${score.toFixed(3)}** |`];
  expect(page.split('\n').filter((line) => table.includes(line))).toEqual(table);
});

it('the documentation names the score of a newcomer', () => {
  expect(page).toContain(`A new agent starts at ${presentScore(PRIOR)}.`);
});
