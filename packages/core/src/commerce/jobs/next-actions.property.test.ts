import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JobRole } from '../../models/job.ts';
import { account, disputeRules, disputeWith, hour, jobWith, rules, scoreBy } from '../testing/situations.ts';
import { nextActions, nextChange, type Situation } from './next-actions.ts';

const roles: readonly (JobRole | undefined)[] = [
  'client',
  'provider',
  'validator',
  'revalidator',
  'arbitrator',
  undefined,
];
const percent = fc.integer({ min: 0, max: 100 });
const scores = fc
  .array(percent, { maxLength: 3 })
  .map((values) => values.map((score, index) => scoreBy(account(String(3 + index)), score)));
const { disputes: _, ...undisputed } = rules;

const dispute = fc.record({
  stage: fc.constantFrom('revalidation', 'appealable', 'evidence', 'ruling'),
  openedBy: fc.constantFrom('client', 'provider'),
  percent: fc.constantFrom(0, 100),
  isAnswered: fc.boolean(),
  isSeeded: fc.boolean(),
  assignments: fc.integer({ min: 0, max: 3 }),
  deadline: fc.integer({ min: 11, max: 29 }).map(hour),
});

/** Jobs whose money is in escrow: what a crowd of parties, judges and clocks can make of one. */
const held: fc.Arbitrary<Situation> = fc
  .record({
    status: fc.constantFrom('funded', 'submitted'),
    hasDisputes: fc.boolean(),
    hasRevalidators: fc.boolean(),
    silencePercent: percent,
    scores,
    dispute: fc.option(dispute, { nil: undefined }),
  })
  .map(({ status, hasDisputes, hasRevalidators, silencePercent, scores: given, dispute: change }) => {
    const disputes = { ...disputeRules, ...(!hasRevalidators && { revalidators: [], requiredRepasses: 0 }) };
    const isSubmitted = status === 'submitted';
    const isDisputed = isSubmitted && hasDisputes && change !== undefined;
    const fails = given.filter(({ hasPassed }) => !hasPassed).length;
    const job = jobWith({
      status,
      isAccepted: true,
      isDisputed,
      rules: { ...undisputed, silencePercent, ...(hasDisputes && { disputes }) },
      ...(isSubmitted && { validateBy: hour(11), scores: given }),
      ...(isSubmitted && hasDisputes && fails > 1 && { disputeBy: hour(12) }),
    });
    return { job, ...(isDisputed && { dispute: disputeWith(change) }) };
  });

it('somebody can always do something with money in escrow, now or from a time that is named', () => {
  fc.assert(
    fc.property(held, fc.double({ min: 0, max: 60, noNaN: true }), (situation, atHour) => {
      const now = new Date(hour(atHour));
      const isMovable = roles.some((role) => nextActions(situation, { role, now }).length > 0);
      expect(isMovable || nextChange(situation, now) !== undefined).toBe(true);
    }),
  );
});

it('with nobody acting, time alone brings every such job to a step that anyone may do', () => {
  fc.assert(
    fc.property(held, (situation) => {
      let now = new Date(hour(0));
      for (let steps = 0; steps < 10; steps += 1) {
        const next = nextChange(situation, now);
        if (next === undefined) break;
        now = new Date(next);
      }
      const isOpenToAnyone = nextActions(situation, { now }).length > 0;
      expect(isOpenToAnyone).toBe(true);
    }),
  );
});

it('what it offers has not run out', () => {
  fc.assert(
    fc.property(held, fc.double({ min: 0, max: 60, noNaN: true }), (situation, atHour) => {
      const now = new Date(hour(atHour));
      for (const role of roles) {
        for (const { by } of nextActions(situation, { role, now }))
          expect(by === undefined || new Date(by) > now).toBe(true);
      }
    }),
  );
});
