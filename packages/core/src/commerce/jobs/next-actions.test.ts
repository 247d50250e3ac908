import { describe, expect, it } from 'vitest';
import type { Dispute } from '../../models/dispute.ts';
import type { Job, JobRole } from '../../models/job.ts';
import type { JobConsent } from '../../models/terms.ts';
import { account, disputeWith, hour, jobWith, rules, scoreBy, submitted } from '../testing/situations.ts';
import { nextActions, nextChange, roleOf, type Situation } from './next-actions.ts';

type Role = JobRole | 'anyone';
const roles: readonly Role[] = ['client', 'provider', 'validator', 'revalidator', 'arbitrator', 'anyone'];

const { disputes: _, ...withoutDisputes } = rules;
const failed = submitted({
  scores: [scoreBy(account('3'), 10), scoreBy(account('4'), 20)],
  disputeBy: hour(12),
});
const disputed = submitted({ isDisputed: true });
const silentFor = (silencePercent: number): Job => submitted({ rules: { ...rules, silencePercent } });

const toAll = (...operations: string[]): Expected =>
  Object.fromEntries(roles.map((role) => [role, operations])) as Expected;

type Expected = Partial<Record<Role, readonly string[]>>;
type Row = [what: string, situation: Situation, atHour: number, expected: Expected];

const rows: readonly Row[] = [
  ['proposed', { job: jobWith() }, 1, { provider: ['jobs.accept', 'jobs.decline'] }],
  ['proposed too late', { job: jobWith() }, 10, {}],
  [
    'accepted',
    { job: jobWith({ isAccepted: true }) },
    1,
    { client: ['jobs.fund'], provider: ['jobs.decline'] },
  ],
  ['accepted too late', { job: jobWith({ isAccepted: true }) }, 10, {}],
  [
    'accepted, the milestone before unfinished',
    { job: jobWith({ isAccepted: true, previousJobId: '9' }), previous: { status: 'submitted' } },
    1,
    { provider: ['jobs.decline'] },
  ],
  [
    'accepted, the milestone before completed',
    { job: jobWith({ isAccepted: true, previousJobId: '9' }), previous: { status: 'completed' } },
    1,
    { client: ['jobs.fund'], provider: ['jobs.decline'] },
  ],
  ['open and expired', { job: jobWith() }, 30, {}],
  ['funded', { job: jobWith({ status: 'funded' }) }, 1, { provider: ['jobs.submit'] }],
  ['funded, never delivered', { job: jobWith({ status: 'funded' }) }, 10, toAll('jobs.settle')],
  ['funded and expired', { job: jobWith({ status: 'funded' }) }, 30, toAll('jobs.refund')],
  ['submitted', { job: submitted() }, 10.5, { validator: ['jobs.validate'] }],
  [
    'one fail of three',
    { job: submitted({ scores: [scoreBy(account('3'), 10)] }) },
    10.5,
    { validator: ['jobs.validate'] },
  ],
  [
    'silent, each loses something',
    { job: submitted() },
    11,
    { client: ['disputes.open'], provider: ['disputes.open'] },
  ],
  ['silent, all for the client', { job: silentFor(0) }, 11, { provider: ['disputes.open'] }],
  ['silent, all for the provider', { job: silentFor(100) }, 11, { client: ['disputes.open'] }],
  ['silent, the window over', { job: submitted() }, 12, toAll('jobs.settle')],
  ['silent without disputes', { job: submitted({ rules: withoutDisputes }) }, 11, toAll('jobs.settle')],
  ['failed', { job: failed }, 11.5, { provider: ['disputes.open'] }],
  ['failed before the validators were due', { job: failed }, 10.5, { provider: ['disputes.open'] }],
  ['failed, the window over', { job: failed }, 12, toAll('jobs.settle')],
  ['submitted and expired', { job: submitted() }, 30, toAll('jobs.refund')],
  [
    're-validation',
    { job: disputed, dispute: disputeWith() },
    13.5,
    {
      client: ['disputes.answer', 'disputes.addEvidence'],
      provider: ['disputes.addEvidence'],
      revalidator: ['disputes.revalidate'],
    },
  ],
  [
    're-validation, answered',
    { job: disputed, dispute: disputeWith({ isAnswered: true }) },
    13.5,
    {
      client: ['disputes.addEvidence'],
      provider: ['disputes.addEvidence'],
      revalidator: ['disputes.revalidate'],
    },
  ],
  ['re-validators silent', { job: disputed, dispute: disputeWith() }, 14, toAll('disputes.escalate')],
  [
    're-validators silent, no time left',
    { job: disputed, dispute: disputeWith() },
    28,
    toAll('disputes.finalize'),
  ],
  [
    'appealable, the opener lost',
    { job: disputed, dispute: disputeWith({ stage: 'appealable', percent: 0 }) },
    13.5,
    {
      client: ['disputes.answer', 'disputes.addEvidence'],
      provider: ['disputes.escalate', 'disputes.addEvidence'],
    },
  ],
  [
    'appealable, the other side lost and has no bond',
    { job: disputed, dispute: disputeWith({ stage: 'appealable', percent: 100 }) },
    13.5,
    { client: ['disputes.answer', 'disputes.addEvidence'], provider: ['disputes.addEvidence'] },
  ],
  [
    'appealable, the other side lost and has a bond',
    { job: disputed, dispute: disputeWith({ stage: 'appealable', percent: 100, isAnswered: true }) },
    13.5,
    { client: ['disputes.escalate', 'disputes.addEvidence'], provider: ['disputes.addEvidence'] },
  ],
  [
    'appealable, nobody went on',
    { job: disputed, dispute: disputeWith({ stage: 'appealable' }) },
    14,
    toAll('disputes.finalize'),
  ],
  [
    'evidence, the block not recorded',
    { job: disputed, dispute: disputeWith({ stage: 'evidence' }) },
    13.5,
    {
      ...toAll('disputes.escalate'),
      client: ['disputes.escalate', 'disputes.answer', 'disputes.addEvidence'],
      provider: ['disputes.escalate', 'disputes.addEvidence'],
    },
  ],
  [
    'evidence',
    { job: disputed, dispute: disputeWith({ stage: 'evidence', isSeeded: true, isAnswered: true }) },
    13.5,
    { client: ['disputes.addEvidence'], provider: ['disputes.addEvidence'] },
  ],
  [
    'evidence over',
    { job: disputed, dispute: disputeWith({ stage: 'evidence', isSeeded: true }) },
    14,
    toAll('disputes.assignArbitrator', 'disputes.finalize'),
  ],
  [
    'evidence over, no time left',
    { job: disputed, dispute: disputeWith({ stage: 'evidence', isSeeded: true }) },
    29,
    toAll('disputes.finalize'),
  ],
  [
    'ruling',
    { job: disputed, dispute: disputeWith({ stage: 'ruling', assignments: 1 }) },
    13.5,
    { arbitrator: ['disputes.rule'] },
  ],
  [
    'ruling missed',
    { job: disputed, dispute: disputeWith({ stage: 'ruling', assignments: 2 }) },
    14,
    toAll('disputes.assignArbitrator', 'disputes.finalize'),
  ],
  [
    'three rulings missed',
    { job: disputed, dispute: disputeWith({ stage: 'ruling', assignments: 3 }) },
    14,
    toAll('disputes.finalize'),
  ],
  ['disputed and expired', { job: disputed, dispute: disputeWith() }, 30, toAll('jobs.refund')],
  [
    'refunded during a dispute',
    { job: jobWith({ status: 'expired', isDisputed: true }), dispute: disputeWith() },
    31,
    toAll('disputes.finalize'),
  ],
  ...(['completed', 'rejected', 'expired'] as const).map(
    (status): Row => [
      status,
      { job: jobWith({ status }), dispute: disputeWith({ stage: 'closed' }) },
      15,
      {},
    ],
  ),
];

function operationsFor(situation: Situation, role: Role, atHour: number): string[] {
  const asking = { now: new Date(hour(atHour)), ...(role !== 'anyone' && { role }) };
  return nextActions(situation, asking).map(({ operation }) => operation);
}

describe('nextActions', () => {
  it.each(rows)('%s', (_what, situation, atHour, expected) => {
    for (const role of roles) {
      expect([role, operationsFor(situation, role, atHour)]).toEqual([role, expected[role] ?? []]);
    }
  });

  it('names until when, and why', () => {
    const [first] = nextActions({ job: jobWith() }, { role: 'provider', now: new Date(hour(1)) });
    expect(first).toEqual({ operation: 'jobs.accept', reason: expect.stringMatching(/\.$/), by: hour(10) });
  });

  it('leaves out what the wallet has done already', () => {
    const job = submitted({ scores: [scoreBy(account('3'), 90)] });
    const asking = { role: 'validator', now: new Date(hour(10.5)) } as const;
    expect(nextActions({ job }, { ...asking, wallet: account('3') })).toEqual([]);
    expect(nextActions({ job }, { ...asking, wallet: account('4') })).toHaveLength(1);
    const dispute = disputeWith({ revalidations: [scoreBy(account('6'), 90)] });
    const rescored = { role: 'revalidator', wallet: account('6'), now: new Date(hour(13.5)) } as const;
    expect(nextActions({ job: disputed, dispute }, rescored)).toEqual([]);
  });
});

describe('consents that wait', () => {
  const consent: JobConsent = {
    kind: 'cancellation',
    jobId: '1',
    signer: account('A'),
    validUntil: hour(5),
    signature: '0x',
    providerAmountUsdc: '4',
  };
  const { providerAmountUsdc: __, ...rest } = consent;
  const extension: JobConsent = { ...rest, kind: 'extension', expiresAt: hour(40), submitBy: hour(20) };
  const job = jobWith({ status: 'funded' });

  it('are for the other party, in time, and say what was signed', () => {
    const consents = [consent, extension];
    expect(operationsFor({ job, consents }, 'provider', 1)).toEqual([
      'jobs.submit',
      'jobs.cancel',
      'jobs.extend',
    ]);
    for (const role of ['client', 'validator', 'anyone'] as const)
      expect(operationsFor({ job, consents }, role, 1)).toEqual([]);
    expect(operationsFor({ job, consents }, 'provider', 5)).toEqual(['jobs.submit']);
    const actions = nextActions({ job, consents }, { role: 'provider', now: new Date(hour(1)) });
    expect(actions[1]).toMatchObject({ reason: expect.stringContaining('4 USDC'), by: hour(5) });
    expect(actions[2]?.reason).toContain(hour(40));
  });

  it('are for nobody when the job is not funded, ended or expired', () => {
    expect(operationsFor({ job: jobWith(), consents: [consent] }, 'provider', 10)).toEqual([]);
    expect(
      operationsFor({ job: jobWith({ status: 'completed' }), consents: [consent] }, 'provider', 1),
    ).toEqual([]);
    const long = { ...consent, validUntil: hour(99) };
    expect(operationsFor({ job, consents: [long] }, 'provider', 30)).toEqual(['jobs.refund']);
  });
});

describe('roleOf', () => {
  it('compares addresses whatever their case', () => {
    const dispute: Dispute = disputeWith({ arbitrator: account('7') });
    const situation = { job: jobWith(), dispute };
    expect(roleOf(situation, account('A'))).toBe('client');
    expect(roleOf(situation, account('B'))).toBe('provider');
    expect(roleOf(situation, account('4'))).toBe('validator');
    expect(roleOf(situation, account('6'))).toBe('revalidator');
    expect(roleOf(situation, account('7'))).toBe('arbitrator');
    expect(roleOf(situation, account('e'))).toBeUndefined();
  });
});

describe('nextChange', () => {
  it('is the next time that matters, and none when all is over', () => {
    const at = (situation: Situation, atHour: number) => nextChange(situation, new Date(hour(atHour)));
    expect(at({ job: jobWith() }, 1)).toBe(hour(10));
    expect(at({ job: jobWith({ status: 'funded' }) }, 10)).toBe(hour(30));
    expect(at({ job: submitted() }, 10)).toBe(hour(11));
    expect(at({ job: submitted() }, 11)).toBe(hour(12));
    expect(at({ job: disputed, dispute: disputeWith() }, 13)).toBe(hour(14));
    expect(at({ job: submitted() }, 30)).toBeUndefined();
    expect(at({ job: jobWith({ status: 'completed' }) }, 1)).toBeUndefined();
  });
});
