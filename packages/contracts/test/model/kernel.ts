import { clock, isPaused } from './clock.ts';
import * as court from './court.ts';
import { decide, divide, startEscrow } from './escrow.ts';
import { authorizationRules, pay, pullRules, useAuthorization } from './money.ts';
import {
  type Account,
  type Broken,
  cases,
  escrowOf,
  isHeld,
  type Job,
  jobOf,
  type NewJob,
  type Outcome,
  type Proposal,
  type State,
  setJob,
  unless,
} from './state.ts';

const maxDuration = 365 * 86_400;
const maxTotalFeeBps = 2_000n;

type OnJob = (job: Job) => Outcome;

function onJob(state: State, jobId: number, step: OnJob): Outcome {
  const job = jobOf(state, jobId);
  return job ? step(job) : { refusals: cases({ JobNotFound: true, KernelPaused: isPaused(state) }) };
}

export function newJobOf(state: State, client: Account, input: NewJob): Job {
  const template = state.templates[input.templateId - 1];
  return {
    id: state.jobs.length + 1,
    client,
    provider: input.provider,
    evaluator: input.proposal ? 'court' : input.evaluator,
    expiry: clock(state) + input.expiresIn,
    status: 'Open',
    budget: input.budget,
    evaluatorFee: input.evaluatorFee,
    feeBps: state.platformFee.bps,
    templateFeeBps: template?.feeBps ?? 0n,
    templateId: input.templateId,
    agreement: null,
    dispute: null,
  };
}

function creationRules(state: State, job: Job, input: NewJob): Broken {
  const template = state.templates[input.templateId - 1];
  return {
    KernelPaused: isPaused(state),
    ExpiryNotInFuture: input.expiresIn <= 0,
    ExpiryTooFar: input.expiresIn > maxDuration,
    TemplateNotFound: input.templateId !== 0 && !template,
    TemplateInactive: template?.active === false,
    FeesTooHigh: job.feeBps + job.templateFeeBps > maxTotalFeeBps,
    ...(input.proposal ? court.proposalRules(state, job, input.proposal) : {}),
  };
}

const addJob = (state: State, job: Job, proposal: Proposal | null): State => {
  const added = { ...state, jobs: [...state.jobs, job] };
  return proposal ? court.propose(added, job, proposal) : added;
};

export function createJobWithBudget(state: State, caller: Account, input: NewJob): Outcome {
  const job = newJobOf(state, caller, input);
  return unless(creationRules(state, job, input), () => addJob(state, job, input.proposal));
}

/** With a signer, anybody may bring the client's authorization of exactly this job. */
export function createAndFund(
  state: State,
  payment: { caller: Account; client: Account; signer: Account | null; purpose: string },
  input: NewJob,
): Outcome {
  const { caller, client, signer, purpose } = payment;
  const job = newJobOf(state, client, input);
  const offered = input.proposal !== null && input.proposal.offer === null;
  const broken = {
    ...creationRules(state, job, input),
    ...pullRules(state, client, escrowOf(job)),
    ...(signer ? authorizationRules(state, { from: client, signer, purpose }) : {}),
    Unauthorized: signer === null && caller !== client,
    ZeroProvider: input.provider === null,
    ZeroBudget: input.budget === 0n,
    WrongPhase: offered,
    PreviousJobNotCompleted: input.proposal !== null && !court.isPreviousCompleted(state, input.proposal),
  };
  return unless(broken, () => {
    const added = addJob(state, job, input.proposal);
    return startEscrow(signer ? useAuthorization(added, purpose) : added, job);
  });
}

export function setBudget(
  state: State,
  call: { caller: Account; jobId: number; amount: bigint; proposal: Proposal | null },
): Outcome {
  const { caller, jobId, amount, proposal } = call;
  return onJob(state, jobId, (job) => {
    const next = { ...job, budget: amount };
    const broken = {
      KernelPaused: isPaused(state),
      InvalidStatus: job.status !== 'Open',
      Unauthorized: caller !== job.client && caller !== job.provider,
      ...(job.evaluator === 'court' ? court.budgetRules(state, next, call) : {}),
    };
    return unless(broken, () => {
      const priced = setJob(state, jobId, { budget: amount });
      if (job.evaluator !== 'court') return priced;
      if (proposal) return court.propose(priced, next, proposal);
      return amount === job.budget ? priced : setJob(priced, jobId, { agreement: null });
    });
  });
}

/** With a signer, anybody may bring the client's authorization of exactly this budget of this job. */
export function fund(
  state: State,
  call: { caller: Account; jobId: number; budget: bigint; signer: Account | null; purpose: string },
): Outcome {
  const { caller, jobId, budget, signer, purpose } = call;
  return onJob(state, jobId, (job) => {
    const broken = {
      KernelPaused: isPaused(state),
      Unauthorized: signer === null && caller !== job.client,
      InvalidStatus: job.status !== 'Open',
      ZeroProvider: job.provider === null,
      ZeroBudget: job.budget === 0n,
      BudgetMismatch: budget !== job.budget,
      JobHasExpired: clock(state) >= job.expiry,
      ...(job.evaluator === 'court' ? court.fundingRules(state, job) : {}),
      ...pullRules(state, job.client, escrowOf(job)),
      ...(signer ? authorizationRules(state, { from: job.client, signer, purpose }) : {}),
    };
    return unless(broken, () => startEscrow(signer ? useAuthorization(state, purpose) : state, job));
  });
}

export function submit(state: State, caller: Account, jobId: number): Outcome {
  return onJob(state, jobId, (job) => {
    const broken = {
      KernelPaused: isPaused(state),
      InvalidStatus: job.status !== 'Funded',
      Unauthorized: caller !== job.provider,
      JobHasExpired: clock(state) >= job.expiry,
      ...(job.evaluator === 'court' ? court.submissionRules(state, job) : {}),
    };
    return unless(broken, () => {
      const submitted = setJob(state, jobId, { status: 'Submitted' });
      return job.evaluator === 'court' ? court.beginValidation(submitted, job) : submitted;
    });
  });
}

export function decline(state: State, caller: Account, jobId: number): Outcome {
  return onJob(state, jobId, (job) => {
    const broken = {
      KernelPaused: isPaused(state),
      InvalidStatus: job.status !== 'Open',
      Unauthorized: caller !== job.provider,
    };
    return unless(broken, () => setJob(state, jobId, { status: 'Rejected' }));
  });
}

/** `complete` (all of the budget) and `completeSplit` of an evaluator that is not the court. */
export function complete(
  state: State,
  call: { caller: Account; jobId: number; providerAmount: bigint | null },
): Outcome {
  const { caller, jobId, providerAmount } = call;
  return onJob(state, jobId, (job) => {
    const amount = providerAmount ?? job.budget;
    const broken = {
      KernelPaused: isPaused(state),
      InvalidStatus: job.status !== 'Submitted',
      Unauthorized: caller !== job.evaluator,
      InvalidSplit: providerAmount !== null && (amount === 0n || amount > job.budget),
    };
    return unless(broken, () => decide(state, job, amount));
  });
}

export function reject(state: State, caller: Account, jobId: number): Outcome {
  return onJob(state, jobId, (job) => {
    const broken = {
      KernelPaused: isPaused(state),
      InvalidStatus: job.status !== 'Open' && !isHeld(job),
      Unauthorized: caller !== (job.status === 'Open' ? job.client : job.evaluator),
    };
    return unless(broken, () => {
      if (job.status === 'Submitted') return decide(state, job, 0n);
      const rejected = setJob(state, jobId, { status: 'Rejected' });
      if (job.status === 'Open') return rejected;
      return pay(rejected, 'kernel', { to: job.client, amount: escrowOf(job) });
    });
  });
}

/** Whoever calls, also in a pause, and no hook is asked. */
export function claimRefund(state: State, jobId: number): Outcome {
  return onJob(state, jobId, (job) => {
    const broken = { InvalidStatus: !isHeld(job), JobNotExpired: clock(state) < job.expiry };
    return unless(broken, () =>
      pay(setJob(state, jobId, { status: 'Expired' }), 'kernel', { to: job.client, amount: escrowOf(job) }),
    );
  });
}

/** Whose signatures come along; a caller needs none of its own. */
export interface Consent {
  caller: Account;
  jobId: number;
  clientSigner: Account | null;
  providerSigner: Account | null;
  /** Seconds from now. */
  validFor: number;
}

function consentRules(job: Job, consent: Consent): Broken {
  const { caller, clientSigner, providerSigner, validFor } = consent;
  const both = [caller, clientSigner].includes(job.client) && [caller, providerSigner].includes(job.provider);
  return { InvalidConsent: !both, ConsentExpired: validFor < 0 };
}

export function cancel(state: State, call: Consent & { providerAmount: bigint }): Outcome {
  return onJob(state, call.jobId, (job) => {
    const { providerAmount } = call;
    const broken = {
      KernelPaused: isPaused(state),
      InvalidStatus: !isHeld(job),
      InvalidSplit: providerAmount > job.budget,
      ...consentRules(job, call),
    };
    return unless(broken, () => {
      const ended = setJob(state, job.id, { status: providerAmount === 0n ? 'Rejected' : 'Completed' });
      return divide(ended, job, { providerAmount, refund: escrowOf(job) - providerAmount });
    });
  });
}

/** `later` is the new expiry in seconds after the one before, `submitLater` the same of the last delivery. */
export function extend(state: State, call: Consent & { later: number; submitLater: number | null }): Outcome {
  return onJob(state, call.jobId, (job) => {
    const expiry = job.expiry + call.later;
    const broken = {
      KernelPaused: isPaused(state),
      InvalidStatus: job.status !== 'Open' && !isHeld(job),
      NotLater: call.later <= 0,
      ExpiryTooFar: expiry > clock(state) + maxDuration,
      ...consentRules(job, call),
      ...(job.evaluator === 'court' ? court.extensionRules(job, { ...call, expiry }) : {}),
    };
    return unless(broken, () => court.extend(setJob(state, job.id, { expiry }), job, call.submitLater));
  });
}

export function setPlatformFee(state: State, caller: Account, bps: bigint): Outcome {
  const broken = { OwnableUnauthorizedAccount: caller !== 'owner', FeeTooHigh: bps > 1_000n };
  return unless(broken, () => ({ ...state, platformFee: { ...state.platformFee, bps } }));
}
