import { clock, isPaused } from './clock.ts';
import { decide } from './escrow.ts';
import { pay } from './money.ts';
import { soundnessRules, tailOf } from './sound-terms.ts';
import {
  type Account,
  type Agreement,
  type Broken,
  cases,
  escrowOf,
  type Job,
  jobOf,
  type Outcome,
  type Proposal,
  type Rules,
  type State,
  setJob,
  unless,
} from './state.ts';

const offerOf = (provider: Account | null, salt: number): string => `${provider}:${salt}`;

export const isPreviousCompleted = (state: State, { previousJobId }: { previousJobId: number }): boolean =>
  previousJobId === 0 || jobOf(state, previousJobId)?.status === 'Completed';

/** What forbids a client to propose these terms. */
export function proposalRules(state: State, job: Job, proposal: Proposal): Broken {
  const { offer } = proposal;
  return {
    ...soundnessRules(state, job, proposal),
    InvalidSignature: offer !== null && offer.signer !== job.provider,
    OfferUsed: offer !== null && state.usedOffers.includes(offerOf(job.provider, offer.salt)),
  };
}

export function propose(state: State, job: Job, proposal: Proposal): State {
  const { rules, submitIn, previousJobId, offer } = proposal;
  const agreement: Agreement = {
    rules,
    previousJobId,
    submitBy: clock(state) + submitIn,
    phase: offer ? 'Accepted' : 'Proposed',
    deadline: 0,
    scores: {},
  };
  const proposed = setJob(state, job.id, { agreement });
  if (!offer) return proposed;
  return { ...proposed, usedOffers: [...state.usedOffers, offerOf(job.provider, offer.salt)] };
}

export function withdrawOffer(state: State, caller: Account, salt: number): Outcome {
  const offer = offerOf(caller, salt);
  const broken = { OfferUsed: state.usedOffers.includes(offer) };
  return unless(broken, () => ({ ...state, usedOffers: [...state.usedOffers, offer] }));
}

export function budgetRules(
  state: State,
  job: Job,
  call: { caller: Account; proposal: Proposal | null },
): Broken {
  if (!call.proposal) return {};
  return { ...proposalRules(state, job, call.proposal), NotProposer: call.caller !== job.client };
}

export function fundingRules(state: State, job: Job): Broken {
  const { agreement } = job;
  return {
    WrongPhase: agreement?.phase !== 'Accepted',
    SubmissionClosed: agreement !== null && clock(state) > agreement.submitBy,
    PreviousJobNotCompleted: agreement !== null && !isPreviousCompleted(state, agreement),
  };
}

export function submissionRules(state: State, { agreement }: Job): Broken {
  return { SubmissionClosed: agreement !== null && clock(state) > agreement.submitBy };
}

export function beginValidation(state: State, { id, agreement }: Job): State {
  if (!agreement) return state;
  const deadline = clock(state) + agreement.rules.validationWindow;
  return setJob(state, id, { agreement: { ...agreement, phase: 'Validating', deadline } });
}

export function extensionRules(
  { agreement }: Job,
  call: { submitLater: number | null; expiry: number },
): Broken {
  if (call.submitLater === null) return {};
  if (!agreement) return { NoTerms: true };
  const submitBy = agreement.submitBy + call.submitLater;
  return {
    WrongPhase: agreement.phase !== 'Proposed' && agreement.phase !== 'Accepted',
    InvalidSubmitBy: call.submitLater <= 0 || submitBy + tailOf(agreement.rules) > call.expiry,
  };
}

export function extend(state: State, { id, agreement }: Job, submitLater: number | null): State {
  if (!agreement || submitLater === null) return state;
  return setJob(state, id, { agreement: { ...agreement, submitBy: agreement.submitBy + submitLater } });
}

export function accept(state: State, call: { jobId: number; signer: Account }): Outcome {
  const job = jobOf(state, call.jobId);
  const agreement = job?.agreement;
  if (!job || !agreement) return { refusals: cases({ NoTerms: true, KernelPaused: isPaused(state) }) };
  const broken = {
    KernelPaused: isPaused(state),
    InvalidStatus: job.status !== 'Open',
    WrongPhase: agreement.phase !== 'Proposed',
    SubmissionClosed: clock(state) > agreement.submitBy,
    InvalidSignature: call.signer !== job.provider,
  };
  return unless(broken, () => setJob(state, job.id, { agreement: { ...agreement, phase: 'Accepted' } }));
}

/** A call that brings the terms again, or others. */
export interface WithTerms {
  caller: Account;
  jobId: number;
  forged: boolean;
}

type UnderTerms = (job: Job, agreement: Agreement) => { broken: Broken; step: () => State };

/** What all steps that need the terms have in common. */
export function underTerms(state: State, call: WithTerms, decideOn: UnderTerms): Outcome {
  const job = jobOf(state, call.jobId);
  if (!job?.agreement) return { refusals: cases({ NoTerms: true, KernelPaused: isPaused(state) }) };
  const { broken, step } = decideOn(job, job.agreement);
  return unless({ ...broken, KernelPaused: isPaused(state), TermsMismatch: call.forged }, step);
}

const passesOf = ({ scores, rules }: Agreement): number =>
  Object.values(scores).filter((score) => score >= rules.threshold).length;

const failsOf = (agreement: Agreement): number => Object.keys(agreement.scores).length - passesOf(agreement);

const isOutOfReach = (agreement: Agreement): boolean =>
  failsOf(agreement) + agreement.rules.requiredPasses > agreement.rules.validators.length;

export function validate(state: State, call: WithTerms & { score: number }): Outcome {
  const { caller, score } = call;
  return underTerms(state, call, (job, agreement) => ({
    broken: {
      InvalidStatus: job.status !== 'Submitted',
      WrongPhase: agreement.phase !== 'Validating',
      ValidationClosed: clock(state) >= agreement.deadline,
      ScoreTooHigh: score > 100,
      NotValidator: !agreement.rules.validators.includes(caller),
      AlreadyValidated: caller in agreement.scores,
    },
    step: () => count(state, job, { ...agreement, scores: { ...agreement.scores, [caller]: score } }),
  }));
}

function count(state: State, job: Job, agreement: Agreement): State {
  const { requiredPasses, disputeWindow } = agreement.rules;
  if (passesOf(agreement) === requiredPasses) return end(state, { ...job, agreement }, 100);
  if (!isOutOfReach(agreement)) return setJob(state, job.id, { agreement });
  if (disputeWindow === 0) return end(state, { ...job, agreement }, 0);
  const deadline = clock(state) + disputeWindow;
  return setJob(state, job.id, { agreement: { ...agreement, phase: 'Failed', deadline } });
}

/** Until when a fail or silence can be disputed, and when it can be settled. */
export const disputableUntil = ({ phase, deadline, rules }: Agreement): number =>
  phase === 'Failed' ? deadline : deadline + rules.disputeWindow;

/** The provider's share without a dispute. */
export const shareOf = ({ phase, rules }: Agreement): number =>
  phase === 'Failed' ? 0 : rules.silencePercent;

export function settle(state: State, call: WithTerms): Outcome {
  return underTerms(state, call, (job, agreement) =>
    agreement.phase === 'Accepted'
      ? refundUndelivered(state, job, agreement)
      : settleDelivered(state, job, agreement),
  );
}

/** A provider that misses its time does not lock the budget until the expiry. */
const refundUndelivered = (state: State, job: Job, agreement: Agreement) => ({
  broken: {
    NotDecided: clock(state) <= agreement.submitBy,
    Unauthorized: job.status === 'Open',
    InvalidStatus: job.status !== 'Open' && job.status !== 'Funded',
  },
  step: () =>
    pay(
      setJob(state, job.id, { status: 'Rejected', agreement: { ...agreement, phase: 'Settled' as const } }),
      'kernel',
      { to: job.client, amount: escrowOf(job) },
    ),
});

const settleDelivered = (state: State, job: Job, agreement: Agreement) => ({
  broken: {
    InvalidStatus: job.status !== 'Submitted',
    WrongPhase: agreement.phase !== 'Failed' && agreement.phase !== 'Validating',
    NotDecided: clock(state) < disputableUntil(agreement),
  },
  step: () => end(state, job, shareOf(agreement)),
});

/** Ends a job under terms: its budget is divided, validators get their fees and the client the unearned ones. */
export function end(state: State, job: Job, percent: number): State {
  const { agreement } = job;
  if (!agreement) return state;
  const settled = setJob(state, job.id, { agreement: { ...agreement, phase: 'Settled' } });
  const decided = decide(settled, job, (job.budget * BigInt(percent)) / 100n);
  return payValidators(decided, job.client, agreement);
}

function payValidators(state: State, client: Account, { rules, scores }: Agreement): State {
  const paid = rules.validators.filter((each) => each in scores);
  const rest = BigInt(rules.validators.length - paid.length) * rules.validatorFee;
  const payouts = [...paid.map((to) => ({ to, amount: rules.validatorFee })), { to: client, amount: rest }];
  return payouts.reduce((before, payout) => pay(before, 'court', payout), state);
}

export const isPassing = (rules: Rules, score: number): boolean => score >= rules.threshold;
