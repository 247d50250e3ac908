import { arbitrators } from '../chain/accounts.ts';
import type { Action } from '../model/actions.ts';
import { clock } from '../model/clock.ts';
import type { Account, Agreement, Dispute, Job, Proposal, State } from '../model/state.ts';
import type { Dice } from './dice.ts';
import { reproposal, rulesBy } from './new-jobs.ts';

/** An action, and how often it is taken where it is possible. */
export type Weighted = readonly [weight: number, action: Action];

const scores = [0, 1, 69, 70, 100];
const shares = [0, 1, 33, 50, 99, 100];

function openSteps(state: State, job: Job, dice: Dice): Weighted[] {
  const { id: jobId, client, provider, budget, agreement } = job;
  const payer = dice.oneIn(2) ? null : client;
  const price = dice.oneIn(3) ? budget : budget + 1n;
  const submitIn = agreement ? Math.max(1, agreement.submitBy - clock(state)) : 600;
  const proposal = reproposal(dice, agreement?.rules ?? rulesBy(dice), submitIn);
  const caller = payer === null ? client : dice.pick([client, 'outsider']);
  return [
    [20, { name: 'accept', call: { caller: 'outsider', jobId, signer: provider ?? 'outsider' } }],
    [20, { name: 'fund', call: { caller, jobId, budget, signer: payer } }],
    ...(dice.oneIn(3) ? pricing(job, proposal, price) : []),
    ...(dice.oneIn(5)
      ? ([
          [1, { name: 'decline', call: { caller: provider ?? 'outsider', jobId } }],
          [1, { name: 'reject', call: { caller: client, jobId } }],
        ] as const)
      : []),
  ];
}

function pricing(
  { id: jobId, client, provider, evaluator }: Job,
  proposal: Proposal,
  amount: bigint,
): Weighted[] {
  const by = (caller: Account, terms: Proposal | null): Weighted => [
    1,
    { name: 'setBudget', call: { caller, jobId, amount, proposal: terms } },
  ];
  return [
    by(provider ?? client, null),
    by(client, null),
    by(client, evaluator === 'court' ? proposal : null),
  ];
}

function partySteps(job: Job, dice: Dice): Weighted[] {
  const { id: jobId, client, budget } = job;
  const provider = job.provider ?? 'outsider';
  const caller = dice.pick([client, provider, 'outsider']);
  const consent = { caller, jobId, clientSigner: client, providerSigner: provider, validFor: dice.below(3) };
  const providerAmount = (budget * BigInt(dice.pick(shares))) / 100n;
  const later = dice.pick([1, 3_600, 86_400]);
  const submitLater = dice.oneIn(2) ? null : dice.pick([1, 3_600]);
  return [
    ...(dice.oneIn(5) ? ([[1, { name: 'cancel', call: { ...consent, providerAmount } }]] as const) : []),
    ...(dice.oneIn(3) ? ([[2, { name: 'extend', call: { ...consent, later, submitLater } }]] as const) : []),
    [3, { name: 'claimRefund', call: { caller: 'outsider', jobId } }],
  ];
}

function decisionSteps(job: Job, dice: Dice): Weighted[] {
  const { id: jobId, evaluator: caller, budget } = job;
  const providerAmount = (budget * BigInt(dice.pick(shares))) / 100n;
  return [
    [4, { name: 'complete', call: { caller, jobId } }],
    [4, { name: 'completeSplit', call: { caller, jobId, providerAmount } }],
    [2, { name: 'reject', call: { caller, jobId } }],
  ];
}

function validationSteps(job: Job, { rules }: Agreement, dice: Dice): Weighted[] {
  const { id: jobId, client } = job;
  const provider = job.provider ?? 'outsider';
  const opening = (byProvider: boolean): Weighted => {
    const party = byProvider ? provider : client;
    const signer = dice.oneIn(2) ? null : party;
    const caller = signer === null ? party : 'outsider';
    return [
      25,
      { name: 'open', call: { caller, jobId, forged: false, byProvider, evidence: jobId, signer } },
    ];
  };
  return [
    ...rules.validators.map(
      (caller): Weighted => [
        8,
        { name: 'validate', call: { caller, jobId, forged: false, score: dice.pick(scores) } },
      ],
    ),
    [4, { name: 'settle', call: { caller: 'outsider', jobId, forged: false } }],
    opening(true),
    opening(false),
  ];
}

function disputeSteps(job: Job, dispute: Dispute, dice: Dice): Weighted[] {
  const { id: jobId, client, agreement } = job;
  const provider = job.provider ?? 'outsider';
  const party = dispute.openerIsProvider ? client : provider;
  const signer = dice.oneIn(2) ? null : party;
  const payer = signer === null ? party : 'outsider';
  const under = { jobId, forged: false };
  const score = () => dice.pick(scores);
  const judges = agreement?.rules.revalidators ?? [];
  return [
    [8, { name: 'answer', call: { caller: payer, ...under, evidence: 1_000 + jobId, signer } }],
    [1, { name: 'addEvidence', call: { caller: dice.pick([client, provider]), jobId } }],
    ...judges.map(
      (caller): Weighted => [8, { name: 'revalidate', call: { caller, ...under, score: score() } }],
    ),
    [12, { name: 'escalate', call: { caller: client, ...under } }],
    [12, { name: 'escalate', call: { caller: provider, ...under } }],
    [12, { name: 'captureEntropy', call: { caller: 'outsider', jobId } }],
    [20, { name: 'assignArbitrator', call: { caller: 'outsider', ...under } }],
    ...arbitrators.map(
      (caller): Weighted => [8, { name: 'rule', call: { caller, ...under, percent: dice.pick(shares) } }],
    ),
    [8, { name: 'finalize', call: { caller: 'outsider', ...under } }],
    [8, { name: 'releaseBonds', call: { caller: 'outsider', jobId } }],
  ];
}

/** What the right people could try on this job, now or at another time. */
export function stepsOf(state: State, job: Job, dice: Dice): Weighted[] {
  const { id: jobId, agreement, dispute, evaluator } = job;
  const submission: Weighted = [20, { name: 'submit', call: { caller: job.provider ?? 'outsider', jobId } }];
  return [
    ...openSteps(state, job, dice),
    submission,
    ...partySteps(job, dice),
    ...(evaluator === 'court' ? [] : decisionSteps(job, dice)),
    ...(agreement ? validationSteps(job, agreement, dice) : []),
    ...(dispute ? disputeSteps(job, dispute, dice) : []),
  ];
}

/** Times of the kernel's clock at which something about the job changes. */
export function turningPoints(job: Job): number[] {
  const { agreement, dispute, expiry } = job;
  return [
    expiry,
    ...(agreement
      ? [agreement.submitBy, agreement.deadline, agreement.deadline + agreement.rules.disputeWindow]
      : []),
    ...(dispute ? [dispute.deadline] : []),
  ];
}
