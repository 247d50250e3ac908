import type { Hex } from 'viem';

/** A person or contract, by name: what a failing sequence prints. */
export type Account = string;

/** The contracts that keep a payout which the token refused. */
export type Payer = 'kernel' | 'court' | 'disputes';

export interface Rules {
  validators: readonly Account[];
  requiredPasses: number;
  threshold: number;
  validatorFee: bigint;
  validationWindow: number;
  silencePercent: number;
  disputeWindow: number;
  revalidators: readonly Account[];
  requiredRepasses: number;
  bondBps: number;
  evidenceWindow: number;
  rulingWindow: number;
  defaultPercent: number;
}

/** What a client proposes; times are seconds from now. */
export interface Proposal {
  submitIn: number;
  previousJobId: number;
  rules: Rules;
  /** Whose signature of an offer comes along. */
  offer: { salt: number; signer: Account } | null;
}

export interface NewJob {
  provider: Account | null;
  /** Under the court as evaluator and hook when there is a proposal, else under this account. */
  evaluator: Account;
  expiresIn: number;
  budget: bigint;
  evaluatorFee: bigint;
  templateId: number;
  proposal: Proposal | null;
}

export type JobStatus = 'Open' | 'Funded' | 'Submitted' | 'Completed' | 'Rejected' | 'Expired';

export interface Job {
  id: number;
  client: Account;
  provider: Account | null;
  evaluator: Account;
  /** A reading of the kernel's clock, as every time below. */
  expiry: number;
  status: JobStatus;
  budget: bigint;
  evaluatorFee: bigint;
  feeBps: bigint;
  templateFeeBps: bigint;
  templateId: number;
  agreement: Agreement | null;
  dispute: Dispute | null;
}

export type Phase = 'Proposed' | 'Accepted' | 'Validating' | 'Failed' | 'Disputed' | 'Settled';

export interface Agreement {
  rules: Rules;
  submitBy: number;
  previousJobId: number;
  phase: Phase;
  deadline: number;
  scores: Readonly<Record<Account, number>>;
}

export type Stage = 'Revalidation' | 'Appealable' | 'Evidence' | 'Ruling' | 'Closed';

export interface Dispute {
  stage: Stage;
  opener: Account;
  openerIsProvider: boolean;
  respondent: Account | null;
  bond: bigint;
  deadline: number;
  percent: number;
  openedAt: number;
  escalatedAt: number;
  anchorBlock: number;
  entropy: bigint | null;
  assignments: readonly Account[];
  scores: Readonly<Record<Account, number>>;
  revalidated: boolean;
}

export interface Arbitrator {
  stake: bigint;
  noticeAt: number | null;
  seat: number | null;
  open: number;
  ruled: number;
  missed: number;
  /** What it offered, by kernel time: its stake, 0 while on notice. */
  offered: readonly (readonly [time: number, stake: bigint])[];
}

/** Everything the contracts know, as far as who may do what and whose money is where depends on it. */
export interface State {
  /** Of the block in which the next step would be. */
  now: number;
  block: number;
  /** What draws of arbitrators follow from. */
  chain: { chainId: number; disputes: Hex; blockHashes: Readonly<Record<number, Hex>> };
  balances: Readonly<Record<Account, bigint>>;
  blacklist: readonly Account[];
  usedAuthorizations: readonly string[];
  credits: Readonly<Record<Payer, Readonly<Record<Account, bigint>>>>;
  jobs: readonly Job[];
  usedOffers: readonly string[];
  pause: { earlier: number; start: number; end: number };
  guardian: Account;
  platformFee: { bps: bigint; treasury: Account | null };
  templates: readonly { creator: Account; feeBps: bigint; active: boolean; rules: Rules }[];
  pool: {
    seats: readonly (Account | null)[];
    emptySeats: readonly number[];
    counts: readonly (readonly [time: number, seats: number])[];
    arbitrators: Readonly<Record<Account, Arbitrator>>;
    unsentSlashes: bigint;
  };
  treasury: { reserve: bigint; fund: bigint; total: bigint; fundShareBps: bigint };
}

/** A step that happens, or the names of the rules that forbid it. */
export type Outcome = { state: State } | { refusals: readonly string[] };

/** Rules by the name of the error that breaking them reverts with. */
export type Broken = Readonly<Record<string, boolean>>;

export const cases = (broken: Broken): string[] => Object.keys(broken).filter((name) => broken[name]);

/** The step, unless a rule is broken. */
export function unless(broken: Broken, step: () => State): Outcome {
  const refusals = cases(broken);
  return refusals.length > 0 ? { refusals } : { state: step() };
}

export const jobOf = (state: State, id: number): Job | undefined => state.jobs[id - 1];

export function setJob(state: State, id: number, change: Partial<Job>): State {
  return { ...state, jobs: state.jobs.map((job) => (job.id === id ? { ...job, ...change } : job)) };
}

export const isHeld = (job: Job): boolean => job.status === 'Funded' || job.status === 'Submitted';

/** What the kernel holds for a job that is Funded or Submitted. */
export const escrowOf = (job: Job): bigint => job.budget + job.evaluatorFee;
