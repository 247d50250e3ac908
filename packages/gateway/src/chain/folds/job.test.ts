import { job as jobModel, toContractTerms } from '@bonafide/core/models';
import { describe, expect, it } from 'vitest';
import type { StoredJob } from '../../stores/chain.ts';
import { toTime } from '../clock.ts';
import type { ContractName, EventName } from '../contract-log.ts';
import { account, chainLog, hash, type MadeLog } from '../testing/logs.ts';
import { applyJobLog, type FoldFacts } from './job.ts';

const facts: FoldFacts = { chainId: 1, pauses: [] };
const [client, provider, validator] = [account(1), account(2), account(3)];

type Step = readonly [contract: ContractName, made: MadeLog];
const step = (contract: ContractName, name: EventName, args: object, beside: object = {}): Step => [
  contract,
  { name, args: { jobId: 7n, ...args }, ...beside },
];
const kernel = (name: EventName, args: object = {}, beside: object = {}) =>
  step('agenticCommerce', name, args, beside);
const court = (name: EventName, args: object = {}, beside: object = {}) => step('court', name, args, beside);

const created = kernel(
  'JobCreated',
  { client, provider, evaluator: account(9), expiredAt: 9_000n },
  { description: 'd' },
);

const rules = {
  ...{ validators: [validator], requiredPasses: 1, threshold: 70, validatorFee: 5n, validationWindow: 60 },
  ...{ silencePercent: 50, disputeWindow: 0, revalidators: [], requiredRepasses: 0, bondBps: 0 },
  ...{ evidenceWindow: 0, rulingWindow: 0, defaultPercent: 0 },
};
const terms = {
  ...{ jobId: 7n, salt: 0n, client, provider, budget: 2_000_000n, submitBy: 5_000, expiredAt: 9_000 },
  ...{ specHash: hash(4), previousJobId: 6n, templateId: 0, hasProviderAgent: true, providerAgentId: 0n },
  ...{ hasClientAgent: false, clientAgentId: 0n, rules },
};
const proposed = court('TermsProposed', { termsHash: hash(5), terms });
const priced = kernel('BudgetSet', { amount: 2_000_000n });
const toDelivery = [
  ...[created, priced, proposed, court('TermsAccepted', { provider, termsHash: hash(5) })],
  ...[kernel('JobFunded', { client, amount: 2_000_005n })],
  court('DeliverableSubmitted', { deliverable: hash(6), deliverableURI: 'ipfs://x', validateBy: 6_000n }),
  kernel('JobSubmitted', { provider, deliverable: hash(6) }),
];

function fold(steps: readonly Step[], given = facts): StoredJob {
  const folded = steps.reduce<StoredJob | undefined>(
    (state, [contract, made]) => applyJobLog(state, chainLog(contract, made), given),
    undefined,
  );
  if (!folded) throw new Error('Nothing came of it.');
  jobModel.parse(folded.job);
  return folded;
}

describe('a job', () => {
  it('is made by its creation, and by nothing else', () => {
    expect(fold([created]).job).toMatchObject({
      ...{ jobId: '7', status: 'open', client, provider, description: 'd', expiresAt: toTime(9_000) },
      ...{ amountUsdc: '0', isAccepted: false, scores: [], isDisputed: false },
    });
    expect(applyJobLog(undefined, chainLog(...priced), facts)).toBeUndefined();
  });

  it('takes what is agreed: template, fee, provider, price and terms, exact to the hash', () => {
    const details = kernel('JobDetails', { templateId: 3, agentKey: 1n, evaluatorFee: 5n });
    const { job, accounts } = fold([
      ...[created, details, kernel('ProviderSet', { provider: account(4) }), priced, proposed],
    ]);
    expect(job).toMatchObject({
      ...{ templateId: 3, evaluatorFeeUsdc: '0.000005', provider: account(4), amountUsdc: '2' },
      ...{ submitBy: toTime(5_000), specHash: hash(4), previousJobId: '6', isAccepted: false },
    });
    expect(job.terms && toContractTerms(job.terms)).toEqual(terms);
    expect(accounts.provider).toEqual([provider, account(4)]);
  });

  it('loses its terms with another price, and the consent with them', () => {
    const accepted = court('TermsAccepted', { provider, termsHash: hash(5) });
    expect(fold([created, priced, proposed, accepted]).job.isAccepted).toBe(true);
    const { job } = fold([created, proposed, accepted, court('TermsVoided', { termsHash: hash(5) })]);
    expect(job.isAccepted).toBe(false);
    for (const field of ['terms', 'rules', 'submitBy', 'specHash', 'previousJobId'])
      expect(job).not.toHaveProperty(field);
  });

  it('is funded with its fee and worth its budget, then delivered', () => {
    expect(fold(toDelivery).job).toMatchObject({
      ...{ status: 'submitted', amountUsdc: '2', deliverable: hash(6), deliverableUri: 'ipfs://x' },
      validateBy: toTime(6_000),
    });
  });

  it('has the scores of its validators and their average, rounded down as the court does', () => {
    const scored = (score: number, at: number) =>
      court(
        'Validated',
        { validator, score, passed: score >= 70, evidenceHash: hash(8), evidenceURI: 'ipfs://e' },
        { at },
      );
    const { job } = fold([
      ...[...toDelivery, scored(60, 2_000), scored(75, 2_001)],
      court('ValidationFailed', { disputeBy: 7_000n }),
    ]);
    expect(job).toMatchObject({ score: 67, resolution: 'failed', disputeBy: toTime(7_000) });
    expect(job.scores).toMatchObject([
      { score: 60, hasPassed: false, at: toTime(2_000) },
      { score: 75, hasPassed: true },
    ]);
  });

  it('moves its deadlines by agreement', () => {
    const { job } = fold([
      ...[created, proposed, kernel('JobExtended', { expiredAt: 12_000n })],
      court('SubmissionExtended', { submitBy: 11_000n }),
    ]);
    expect(job).toMatchObject({ expiresAt: toTime(12_000), submitBy: toTime(11_000) });
    expect(job.terms).toMatchObject({ submitBy: toTime(5_000), expiresAt: toTime(9_000) });
  });

  it('keeps deadlines as readings of the clock, by the pauses before the log', () => {
    const paused = { chainId: 1, pauses: [{ startedAt: 100, endedAt: 400 }] };
    expect(fold([created], paused).job.expiresAt).toBe(toTime(8_700));
    const before = kernel(
      'JobCreated',
      { client, provider, evaluator: client, expiredAt: 9_000n },
      { at: 50 },
    );
    expect(fold([before], paused).job.expiresAt).toBe(toTime(9_000));
  });

  it('cuts text of strangers at a bound, and not within a character', () => {
    const description = `${'x'.repeat(16_383)}😀y`;
    const [contract, made] = created;
    expect(fold([[contract, { ...made, description }]]).job.description).toBe('x'.repeat(16_383));
  });
});

describe('the end of a job', () => {
  const settled = (resolution: number) =>
    court('Settled', { resolution, providerAmount: 1n, score: 80, reason: hash(1) });
  const released = kernel('PaymentReleased', { provider: account(5), amount: 900_000n });
  const fees = [
    kernel('PlatformFeePaid', { treasury: account(6), amount: 60_000n }),
    kernel('TemplateFeePaid', { recipient: account(7), amount: 40_000n }),
  ];
  const decided = { evaluator: account(9), reason: hash(1) };
  const rejected = { rejector: account(9), reason: hash(1) };

  it.each<[string, readonly Step[], object]>([
    [
      'a pass, with its fees',
      [settled(0), kernel('JobCompleted', decided), released, ...fees],
      { status: 'completed', resolution: 'passed', providerAmountUsdc: '1' },
    ],
    [
      'a fail',
      [settled(1), kernel('JobRejected', rejected)],
      { status: 'rejected', resolution: 'failed', providerAmountUsdc: '0' },
    ],
    [
      'silence, divided',
      [settled(2), kernel('JobCompleted', decided), released],
      { status: 'completed', resolution: 'silence', providerAmountUsdc: '0.9' },
    ],
    ['re-validation', [settled(3), kernel('JobRejected', rejected)], { resolution: 'revalidation' }],
    ['arbitration', [settled(4), kernel('JobCompleted', decided)], { resolution: 'arbitration' }],
    ['a default', [settled(5), kernel('JobCompleted', decided)], { resolution: 'default' }],
    [
      'an agreement that pays',
      [kernel('JobCancelled', { providerAmount: 900_000n }), released],
      { status: 'completed', resolution: 'cancelled', providerAmountUsdc: '0.9' },
    ],
    [
      'an agreement that pays nothing',
      [kernel('JobCancelled', { providerAmount: 0n })],
      { status: 'rejected', resolution: 'cancelled', providerAmountUsdc: '0' },
    ],
    [
      'its time',
      [kernel('JobExpired'), kernel('Refunded', { client, amount: 2_000_005n })],
      { status: 'expired', resolution: 'expired', providerAmountUsdc: '0' },
    ],
  ])('is %s', (_, steps, expected) => {
    expect(fold([...toDelivery, ...steps]).job).toMatchObject({ ...expected, isDisputed: false });
  });

  it.each<[string, readonly Step[], object]>([
    [
      'a refusal',
      [kernel('JobDeclined', { provider, reason: hash(1) })],
      { status: 'rejected', resolution: 'declined' },
    ],
    [
      'a withdrawal',
      [kernel('JobRejected', { ...rejected, rejector: client })],
      { status: 'rejected', resolution: 'withdrawn' },
    ],
  ])('of an open one is %s', (_, steps, expected) => {
    expect(fold([created, priced, proposed, ...steps]).job).toMatchObject(expected);
  });

  it('of a job that no court judges is what its evaluator said', () => {
    const delivered = [created, kernel('JobSubmitted', { provider, deliverable: hash(6) })];
    expect(fold([...delivered, kernel('JobCompleted', decided)]).job.resolution).toBe('passed');
    expect(fold([...delivered, kernel('JobRejected', rejected)]).job.resolution).toBe('failed');
  });

  it('leaves the job as it is with what only the history tells', () => {
    const before = fold(toDelivery).job;
    const rest = [
      ...[kernel('EvaluatorFeePaid', { evaluator: account(9), amount: 5n })],
      ...[kernel('PayoutDeferred', { account: provider, amount: 5n })],
      court('ValidatorPaid', { validator, amount: 5n }),
    ];
    expect(fold([...toDelivery, ...rest]).job).toEqual(before);
  });
});

describe('feedback', () => {
  const about = (aboutProvider: boolean, agentOwner?: string, value = 80n) =>
    court(
      'FeedbackWritten',
      { agentId: 2n ** 200n, aboutProvider, value, written: false },
      agentOwner === undefined ? {} : { agentOwner },
    );

  it('has the amount of the job, and a value from 0 to 100 whatever was said', () => {
    const { feedback } = fold([
      ...toDelivery,
      about(true, account(8), 2n ** 100n),
      about(false, account(6), -5n),
    ]);
    expect(feedback).toMatchObject([
      { chainAgentId: String(2n ** 200n), about: 'provider', value: 100, amountUsdc: '2', isWritten: false },
      { about: 'client', value: 0, isSelfDealt: false },
    ]);
  });

  it.each<[string, readonly Step[]]>([
    ['the client owns the agent of the provider', [about(true, client)]],
    ['the provider owns the agent of the client', [about(false, provider.toUpperCase().replace('0X', '0x'))]],
    ['one account owns both agents', [about(true, account(8)), about(false, account(8))]],
    ['the client is paid', [kernel('PaymentReleased', { provider: client, amount: 1n }), about(true)]],
  ])('is self-dealt when %s', (_, steps) => {
    const { feedback } = fold([...toDelivery, ...steps]);
    expect(feedback.map(({ isSelfDealt }) => isSelfDealt)).toEqual(feedback.map(() => true));
  });
});
