import type { Dispute, Job } from '@bonafide/core/models';
import { describe, expect, it } from 'vitest';
import { dueCallsOf } from './due.ts';

const at = (seconds: number) => new Date(seconds * 1000).toISOString();
const rules = { disputes: { windowSeconds: 60 } };
const jobOf = (change: object): Job =>
  ({ jobId: '1', status: 'submitted', expiresAt: at(1_000), rules, ...change }) as Job;
const disputeOf = (change: object): Dispute =>
  ({ jobId: '1', stage: 'evidence', deadline: at(300), isSeeded: true, ...change }) as Dispute;
const refund = { kind: 'claimRefund', dueAt: 1_000 };

describe('what is due for a job', () => {
  it.each([
    ['an open job: nothing', jobOf({ status: 'open' }), []],
    ['a funded job: its refund', jobOf({ status: 'funded', validateBy: at(5) }), [refund]],
    [
      'a funded job: its end when nothing can be delivered any more',
      jobOf({ status: 'funded', submitBy: at(3) }),
      [{ kind: 'settle', dueAt: 4 }, refund],
    ],
    [
      'a failed one: after the dispute window',
      jobOf({ disputeBy: at(90) }),
      [{ kind: 'settle', dueAt: 90 }, refund],
    ],
    [
      'silent validators: a dispute window after their time',
      jobOf({ validateBy: at(100) }),
      [{ kind: 'settle', dueAt: 160 }, refund],
    ],
    [
      'silence without disputes: at once when their time is over',
      jobOf({ validateBy: at(100), rules: {} }),
      [{ kind: 'settle', dueAt: 100 }, refund],
    ],
    ['a job without the court: its refund', jobOf({ rules: undefined }), [refund]],
    ['an ended job: nothing', jobOf({ status: 'completed', disputeBy: at(90) }), []],
  ])('%s', (_, job, calls) => {
    expect(dueCallsOf(job, undefined)).toEqual(calls);
  });
});

describe('what is due for a dispute', () => {
  const job = jobOf({ disputeBy: at(90) });
  it.each([
    [
      'the entropy at once, then an arbitrator or the end',
      disputeOf({ isSeeded: false }),
      [
        { kind: 'captureEntropy', dueAt: 0 },
        { kind: 'assignArbitrator', dueAt: 300 },
        { kind: 'finalize', dueAt: 300 },
      ],
    ],
    [
      'the next arbitrator when one missed its window',
      disputeOf({ stage: 'ruling' }),
      [
        { kind: 'assignArbitrator', dueAt: 300 },
        { kind: 'finalize', dueAt: 300 },
      ],
    ],
    [
      'arbitration after silent re-validators',
      disputeOf({ stage: 'revalidation' }),
      [{ kind: 'escalate', dueAt: 300 }],
    ],
    ['the end without an appeal', disputeOf({ stage: 'appealable' }), [{ kind: 'finalize', dueAt: 300 }]],
  ])('%s', (_, dispute, calls) => {
    expect(dueCallsOf(job, dispute)).toEqual([...calls, refund]);
  });

  it('the bonds of a job that ended without it, and nothing of one that it ended', () => {
    const ended = jobOf({ status: 'expired' });
    expect(dueCallsOf(ended, disputeOf({}))).toEqual([{ kind: 'releaseBonds', dueAt: 0 }]);
    expect(dueCallsOf(ended, disputeOf({ stage: 'closed', deadline: undefined }))).toEqual([]);
  });
});
