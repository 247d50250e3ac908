import { arbitrator, dispute as disputeModel, jobTemplate } from '@bonafide/core/models';
import { describe, expect, it } from 'vitest';
import type { StoredArbitrator, StoredDispute, StoredJob, StoredTemplate } from '../../stores/chain.ts';
import { toTime } from '../clock.ts';
import type { ContractName, EventName } from '../contract-log.ts';
import { account, chainLog, hash, type MadeLog, timeOf } from '../testing/logs.ts';
import { applyArbitratorLog } from './arbitrator.ts';
import { addFigures, applyDayLog, isNothing, noFigures, subtractFigures } from './day.ts';
import { applyDisputeLog } from './dispute.ts';
import { applyTemplateLog } from './template.ts';

type Step = readonly [contract: ContractName, name: EventName, args: object];
const [client, provider, judge] = [account(1), account(2), account(3)];
const facts = { chainId: 1, pauses: [] };
const made = ([contract, name, args]: Step, beside: Partial<MadeLog> = {}) =>
  chainLog(contract, { name, args: { jobId: 7n, ...args }, ...beside });

describe('a dispute', () => {
  const job = { job: { jobId: '7', client, provider } } as StoredJob;
  const fold = (steps: readonly Step[]): StoredDispute['dispute'] => {
    const folded = steps.reduce<StoredDispute | undefined>(
      (dispute, step) => applyDisputeLog({ dispute, job }, made(step), facts),
      undefined,
    );
    return disputeModel.parse(folded?.dispute);
  };
  const opened: Step = [
    ...['disputes', 'DisputeOpened'],
    { opener: provider, stage: 1, bond: 1_250_000n, percent: 0, deadline: 5_000n },
  ] as unknown as Step;
  const escalated: Step = [
    'disputes',
    'DisputeEscalated',
    { by: provider, evidenceUntil: 6_000n, anchorBlock: 12n },
  ];
  const assigned = (assignment: number): Step => [
    'disputes',
    'ArbitratorAssigned',
    { arbitrator: judge, assignment, ruleBy: 7_000n },
  ];

  it.each<[string, readonly Step[], object]>([
    [
      'opened by the provider',
      [opened],
      { stage: 'revalidation', openedBy: 'provider', bondUsdc: '1.25', deadline: toTime(5_000) },
    ],
    [
      'opened by the client',
      [['disputes', 'DisputeOpened', { opener: client, stage: 3, bond: 1n, percent: 50, deadline: 5n }]],
      { stage: 'evidence', openedBy: 'client', percent: 50 },
    ],
    [
      'answered',
      [opened, ['disputes', 'DisputeAnswered', { respondent: client, bond: 1n }]],
      { isAnswered: true },
    ],
    [
      'appealable',
      [opened, ['disputes', 'RevalidationDecided', { percent: 100, appealBy: 5_500n }]],
      { stage: 'appealable', percent: 100, deadline: toTime(5_500) },
    ],
    ['escalated', [opened, escalated], { stage: 'evidence', seedBlock: '12', deadline: toTime(6_000) }],
    [
      'seeded',
      [opened, escalated, ['disputes', 'EntropyCaptured', { entropy: hash(1) }]],
      { isSeeded: true },
    ],
    [
      'assigned',
      [opened, escalated, assigned(1)],
      { stage: 'ruling', arbitrator: judge, assignments: 1, deadline: toTime(7_000) },
    ],
    [
      'ruled and closed',
      [
        ...[opened, escalated, assigned(1)],
        [
          'disputes',
          'Ruled',
          { arbitrator: judge, percent: 60, rationaleHash: hash(2), rationaleURI: 'ipfs://r' },
        ],
        ['disputes', 'DisputeClosed', { resolution: 4, percent: 60 }],
      ],
      { stage: 'closed', resolution: 'arbitration', percent: 60, ruling: { percent: 60 } },
    ],
    [
      'ended by agreement, its bonds still held',
      [opened, ['agenticCommerce', 'JobCancelled', { providerAmount: 1n }]],
      { stage: 'revalidation', resolution: 'cancelled' },
    ],
    [
      'ended by time, its bonds released',
      [opened, ['agenticCommerce', 'JobExpired', {}], ['disputes', 'BondsReleased', {}]],
      { stage: 'closed', resolution: 'expired' },
    ],
  ])('is %s', (_, steps, expected) => {
    expect(fold(steps)).toMatchObject(expected);
  });

  it('has no arbitrator after one missed its window', () => {
    const missed: Step = ['disputes', 'ArbitratorMissed', { arbitrator: judge, slashed: 5n }];
    const found = fold([opened, escalated, assigned(1), missed]);
    expect(found).not.toHaveProperty('arbitrator');
    expect(found.assignments).toBe(1);
  });

  it('shows the newest evidence only, so that nobody can fill it', () => {
    const evidence = Array.from(
      { length: 100 },
      (_, index): Step => [
        'disputes',
        'EvidenceAdded',
        { party: client, evidenceHash: hash(index), evidenceURI: `ipfs://${index}` },
      ],
    );
    const found = fold([opened, ...evidence]).evidence;
    expect([found.length, found[0]?.evidenceUri, found.at(-1)?.evidenceUri]).toEqual([
      ...[64, 'ipfs://36', 'ipfs://99'],
    ]);
  });

  it('is not there before it is opened, nor changed by what is not about it', () => {
    expect(applyDisputeLog({ dispute: undefined, job }, made(escalated), facts)).toBeUndefined();
    const dispute = applyDisputeLog({ dispute: undefined, job }, made(opened), facts);
    const other = made(['agenticCommerce', 'BudgetSet', { amount: 1n }]);
    expect(applyDisputeLog({ dispute, job }, other, facts)).toBe(dispute);
  });
});

describe('an arbitrator', () => {
  const pool = (name: EventName, args: object = {}): Step => [
    'arbitratorPool',
    name,
    { arbitrator: judge, ...args },
  ];
  const fold = (steps: readonly Step[]) => {
    const folded = steps.reduce<StoredArbitrator | undefined>(
      (state, step) => applyArbitratorLog(state, made(step)),
      undefined,
    );
    return folded && arbitrator.parse({ ...folded.arbitrator, openDisputes: 0 });
  };
  const joined = pool('ArbitratorJoined', { stake: 100_000_000n });
  const slashed = pool('ArbitratorSlashed', { amount: 10_000_000n, stake: 90_000_000n });
  const leaving = pool('LeaveRequested', { leaveFrom: 9_000n });
  const paid: Step = ['disputes', 'JudgePaid', { judge, amount: 2_500_000n }];
  const ruled: Step = [
    'disputes',
    'Ruled',
    { arbitrator: judge, percent: 1, rationaleHash: hash(1), rationaleURI: '' },
  ];

  it.each<[string, readonly Step[], object]>([
    ['active', [joined], { status: 'active', stakeUsdc: '100', ruled: 0, earnedUsdc: '0' }],
    ['understaked after a slash', [joined, slashed], { status: 'understaked', stakeUsdc: '90' }],
    [
      'active again with more stake',
      [joined, slashed, pool('StakeAdded', { amount: 1n, stake: 100_000_000n })],
      { status: 'active', stakeUsdc: '100' },
    ],
    ['leaving', [joined, leaving], { status: 'leaving', leaveFrom: toTime(9_000) }],
    ['staying after all', [joined, leaving, pool('LeaveWithdrawn')], { status: 'active' }],
    ['gone', [joined, leaving, pool('ArbitratorLeft', { stake: 1n })], { status: 'left', stakeUsdc: '0' }],
    ['paid for rulings', [joined, ruled, paid, ruled, paid], { ruled: 2, earnedUsdc: '5' }],
    [
      'late',
      [joined, ['disputes', 'ArbitratorMissed', { arbitrator: judge, slashed: 5n }]],
      { missed: 1, ruled: 0 },
    ],
    [
      'back with its record',
      [joined, ruled, paid, leaving, pool('ArbitratorLeft', { stake: 1n }), joined],
      { status: 'active', ruled: 1, earnedUsdc: '2.5', stakeUsdc: '100' },
    ],
  ])('is %s', (_, steps, expected) => {
    expect(fold(steps)).toMatchObject(expected);
  });

  it('is nobody who only judged as a re-validator', () => {
    expect(fold([paid])).toBeUndefined();
  });
});

describe('a template', () => {
  const rules = {
    ...{ validators: [judge], requiredPasses: 1, threshold: 70, validatorFee: 0n, validationWindow: 60 },
    ...{ silencePercent: 50, disputeWindow: 0, revalidators: [], requiredRepasses: 0, bondBps: 0 },
    ...{ evidenceWindow: 0, rulingWindow: 0, defaultPercent: 0 },
  };
  const offer = { templateId: 3, feeBps: 100, name: 'n', metadataURI: 'u', rules };
  const created: Step = ['jobTemplates', 'TemplateCreated', { ...offer, creator: provider }];
  const fold = (steps: readonly Step[]) =>
    steps.reduce<StoredTemplate | undefined>((state, step) => applyTemplateLog(state, made(step)), undefined);

  it('is created, changed, stopped and handed on', () => {
    const folded = fold([
      created,
      ['jobTemplates', 'TemplateUpdated', { ...offer, name: 'm', feeBps: 200 }],
      ['jobTemplates', 'TemplateActivated', { templateId: 3, active: false }],
      ['jobTemplates', 'TemplateTransferred', { templateId: 3, creator: client }],
    ]);
    expect(folded?.isUsable).toBe(true);
    expect(jobTemplate.parse(folded?.template)).toMatchObject({
      ...{ templateId: 3, name: 'm', feeBps: 200, isActive: false, creator: client },
      ...{ metadataUri: 'u', rules: { validators: [judge], threshold: 70 } },
    });
  });

  it.each<[string, object]>([
    ['nobody validates', { validators: [] }],
    [
      'far too many validate',
      { validators: Array.from({ length: 500 }, (_, index) => account(index % 256)) },
    ],
    ['a share is above all', { silencePercent: 101 }],
    ['a rule has no meaning, and would be lost', { defaultPercent: 40 }],
    ['the bond is too low', { disputeWindow: 3_600, evidenceWindow: 3_600, rulingWindow: 3_600, bondBps: 1 }],
  ])('is not usable when %s', (_, change) => {
    const folded = fold([
      ['jobTemplates', 'TemplateCreated', { ...offer, creator: client, rules: { ...rules, ...change } }],
    ]);
    expect(folded?.isUsable).toBe(false);
    expect(folded?.template.rules.validators.length).toBeLessThanOrEqual(7);
  });
});

describe('a day', () => {
  const count = (steps: readonly Step[]) =>
    steps.reduce((figures, step) => applyDayLog(figures, made(step)) ?? figures, noFigures);
  const most = 2n ** 96n - 1n;

  it('counts jobs and sums money to the last unit', () => {
    const decided = { evaluator: judge, reason: hash(1) };
    expect(
      count([
        ['agenticCommerce', 'JobCreated', { client, provider, evaluator: judge, expiredAt: 9n }],
        ['agenticCommerce', 'JobFunded', { client, amount: most }],
        ['agenticCommerce', 'JobFunded', { client, amount: most }],
        ['agenticCommerce', 'JobCompleted', decided],
        ['agenticCommerce', 'JobCancelled', { providerAmount: 1n }],
        ['agenticCommerce', 'JobCancelled', { providerAmount: 0n }],
        ['agenticCommerce', 'JobRejected', { rejector: judge, reason: hash(1) }],
        ['agenticCommerce', 'JobDeclined', { provider, reason: hash(1) }],
        ['agenticCommerce', 'JobExpired', {}],
        ['agenticCommerce', 'PaymentReleased', { provider, amount: 3n }],
        ['agenticCommerce', 'Refunded', { client, amount: 4n }],
        ['agenticCommerce', 'PlatformFeePaid', { treasury: judge, amount: 5n }],
        ['agenticCommerce', 'BudgetSet', { amount: 6n }],
        ['disputes', 'DisputeOpened', { opener: client, stage: 1, bond: 1n, percent: 0, deadline: 1n }],
      ]),
    ).toEqual({
      ...{ created: 1, funded: 2, completed: 2, rejected: 3, expired: 1, disputed: 1 },
      ...{ fundedUnits: String(2n * most), paidUnits: '3', refundedUnits: '4', feesUnits: '5' },
    });
  });

  it('adds up with others', () => {
    const one = count([['agenticCommerce', 'JobFunded', { client, amount: most }]]);
    expect(addFigures(addFigures(one, one), noFigures)).toEqual({
      ...{ ...noFigures, funded: 2, fundedUnits: String(2n * most) },
    });
    expect(isNothing(one)).toBe(false);
    expect(subtractFigures(addFigures(one, one), one)).toEqual(one);
    expect(isNothing(subtractFigures(one, one))).toBe(true);
  });
});

it('made-up logs have the time of their block', () => {
  expect(made(['agenticCommerce', 'JobExpired', {}], { at: 5 }).time).toBe(timeOf(5));
});
