import {
  type ChainFeedback,
  type ContractTerms,
  formatUsdc,
  fromContractTerms,
  type Job,
  type JobResolution,
  type JobScore,
  parseUsdc,
} from '@bonafide/core/models';
import { zeroHash } from 'viem';
import type { Pause, StoredJob } from '../../stores/chain.ts';
import { toClock, toSeconds, toTime } from '../clock.ts';
import type { ChainLog, EventNamed } from '../contract-log.ts';
import { clip, positionOf } from './place.ts';

/** What a fold needs beside the logs. */
export interface FoldFacts {
  readonly chainId: number;
  /** All that began before the log. */
  readonly pauses: readonly Pause[];
}

const resolutions: readonly JobResolution[] = [
  'passed',
  'failed',
  'silence',
  'revalidation',
  'arbitration',
  'default',
  'undelivered',
];

/** What a contract's `Resolution` is called here. */
export function resolutionOf(index: number): JobResolution {
  return resolutions[index] ?? 'default';
}

/** The job after one more log: jobs are nothing but the fold of their logs. */
export function applyJobLog(
  stored: StoredJob | undefined,
  log: ChainLog,
  facts: FoldFacts,
): StoredJob | undefined {
  const base = log.eventName === 'JobCreated' ? createdJob(log, facts) : stored;
  if (base === undefined) return undefined;
  const next = changed(base, log, facts);
  const { blockNumber, transactionHash, time } = log;
  return {
    ...next,
    job: { ...next.job, blockNumber: String(blockNumber), transactionHash, updatedAt: time },
  };
}

function createdJob(log: ChainLog & EventNamed<'JobCreated'>, facts: FoldFacts): StoredJob {
  const { jobId, client, provider, evaluator, expiredAt } = log.args;
  const { blockNumber, transactionHash, time } = log;
  return {
    job: {
      jobId: String(jobId),
      chainId: facts.chainId,
      status: 'open',
      client,
      provider,
      evaluator,
      amountUsdc: '0',
      evaluatorFeeUsdc: '0',
      isAccepted: false,
      description: clip(log.description ?? ''),
      expiresAt: deadline(expiredAt, log, facts),
      scores: [],
      isDisputed: false,
      blockNumber: String(blockNumber),
      transactionHash,
      createdAt: time,
      updatedAt: time,
    },
    position: positionOf(log),
    accounts: { client: [client.toLowerCase()], provider: [provider.toLowerCase()] },
    feedback: [],
  };
}

/** A deadline that a log announces, as a reading of the kernel's clock. */
export function deadline(seconds: bigint | number, log: ChainLog, { pauses }: FoldFacts): string {
  if (pauses.length === 0) return toTime(seconds);
  return toTime(toClock(Number(seconds), pauses, toSeconds(log.time)));
}

function changed(stored: StoredJob, log: ChainLog, facts: FoldFacts): StoredJob {
  if (log.eventName === 'FeedbackWritten') return withFeedback(stored, log);
  const job = { ...stored.job, ...(patchOf(stored.job, log, facts) ?? {}) };
  if (log.eventName === 'TermsProposed') return { ...stored, job: withTerms(job, log, facts) };
  if (log.eventName === 'TermsVoided') return { ...stored, job: withoutTerms(job) };
  if (log.eventName === 'ProviderSet') return { ...stored, job, accounts: sideOf(stored, log.args.provider) };
  if (log.eventName === 'PaymentReleased')
    return { ...stored, job: earned(job, log.args.amount), accounts: sideOf(stored, log.args.provider) };
  if (log.eventName === 'PlatformFeePaid' || log.eventName === 'TemplateFeePaid')
    return { ...stored, job: earned(job, log.args.amount) };
  return { ...stored, job };
}

/** What a log says of the fields of a job. */
function patchOf(job: Job, log: ChainLog, facts: FoldFacts): Partial<Job> | undefined {
  switch (log.eventName) {
    case 'JobDetails':
      return details(log.args);
    case 'ProviderSet':
      return { provider: log.args.provider };
    case 'BudgetSet':
      return { amountUsdc: formatUsdc(log.args.amount) };
    case 'TermsAccepted':
      return { isAccepted: true };
    case 'JobFunded':
      return { status: 'funded' };
    case 'JobExtended':
      return { expiresAt: deadline(log.args.expiredAt, log, facts) };
    case 'SubmissionExtended':
      return { submitBy: deadline(log.args.submitBy, log, facts) };
    default:
      return judged(job, log, facts) ?? ended(job, log);
  }
}

function judged(job: Job, log: ChainLog, facts: FoldFacts): Partial<Job> | undefined {
  switch (log.eventName) {
    case 'JobSubmitted':
      return { status: 'submitted', deliverable: log.args.deliverable };
    case 'DeliverableSubmitted':
      return {
        ...(log.args.deliverableURI !== '' && { deliverableUri: clip(log.args.deliverableURI) }),
        validateBy: deadline(log.args.validateBy, log, facts),
      };
    case 'Validated':
      return scored([...job.scores, scoreOf(log.args.validator, log)]);
    case 'ValidationFailed':
      return { resolution: 'failed', disputeBy: deadline(log.args.disputeBy, log, facts) };
    case 'DisputeOpened':
      return { isDisputed: true };
    case 'RevalidationDecided':
      return { resolution: 'revalidation' };
    case 'DisputeClosed':
      return { isDisputed: false };
    case 'Settled':
      return { resolution: resolutionOf(log.args.resolution), isDisputed: false };
    default:
      return undefined;
  }
}

/** Every end begins with nothing for the provider; what it got follows in logs of their own. */
function ended(job: Job, log: ChainLog): Partial<Job> | undefined {
  const end = { isDisputed: false, providerAmountUsdc: '0' };
  switch (log.eventName) {
    case 'JobCompleted':
      return { ...end, status: 'completed', resolution: settledAs(job) ?? 'passed' };
    case 'JobRejected': {
      const resolution = job.status === 'open' ? 'withdrawn' : (settledAs(job) ?? 'failed');
      return { ...end, status: 'rejected', resolution };
    }
    case 'JobDeclined':
      return { ...end, status: 'rejected', resolution: 'declined' };
    case 'JobExpired':
      return { ...end, status: 'expired', resolution: 'expired' };
    case 'JobCancelled': {
      const status = log.args.providerAmount === 0n ? 'rejected' : 'completed';
      return { ...end, status, resolution: 'cancelled' };
    }
    default:
      return undefined;
  }
}

/** What the court said just before it had the kernel end the job; other evaluators say nothing. */
function settledAs({ terms, resolution }: Job): JobResolution | undefined {
  return terms && resolution;
}

function details({ templateId, evaluatorFee }: EventNamed<'JobDetails'>['args']): Partial<Job> {
  return { evaluatorFeeUsdc: formatUsdc(evaluatorFee), ...(templateId !== 0 && { templateId }) };
}

/** A score of a validator or re-validator. */
export function scoreOf(
  validator: string,
  log: ChainLog & (EventNamed<'Validated'> | EventNamed<'Revalidated'>),
): JobScore {
  const { score, passed, evidenceHash, evidenceURI } = log.args;
  return { validator, score, hasPassed: passed, evidenceHash, evidenceUri: clip(evidenceURI), at: log.time };
}

function scored(scores: Job['scores']): Partial<Job> {
  const sum = scores.reduce((total, { score }) => total + score, 0);
  return { scores, score: Math.floor(sum / scores.length) };
}

function earned(job: Job, units: bigint): Job {
  return { ...job, providerAmountUsdc: formatUsdc(parseUsdc(job.providerAmountUsdc ?? '0') + units) };
}

function sideOf({ accounts }: StoredJob, provider: string): StoredJob['accounts'] {
  return { ...accounts, provider: union(accounts.provider, provider) };
}

function union(known: readonly string[], account: string | undefined): readonly string[] {
  return account === undefined ? known : [...new Set([...known, account.toLowerCase()])];
}

function withTerms(job: Job, log: ChainLog & EventNamed<'TermsProposed'>, facts: FoldFacts): Job {
  const terms = fromContractTerms(log.args.terms as ContractTerms);
  const { specHash, previousJobId, rules } = terms;
  return {
    ...withoutTerms(job),
    rules,
    terms,
    submitBy: deadline(log.args.terms.submitBy, log, facts),
    ...(specHash !== undefined && specHash !== zeroHash && { specHash }),
    ...(previousJobId !== undefined && { previousJobId }),
  };
}

function withoutTerms(job: Job): Job {
  const { rules, terms, submitBy, specHash, previousJobId, ...rest } = job;
  return { ...rest, isAccepted: false };
}

function withFeedback(stored: StoredJob, log: ChainLog & EventNamed<'FeedbackWritten'>): StoredJob {
  const { job } = stored;
  const { agentId, aboutProvider, value, written } = log.args;
  const about = aboutProvider ? 'provider' : 'client';
  const accounts = { ...stored.accounts, [about]: union(stored.accounts[about], log.agentOwner) };
  const isSelfDealt = accounts.client.some((account) => accounts.provider.includes(account));
  const added: ChainFeedback = {
    ...{ chainAgentId: String(agentId), jobId: job.jobId, about, value: toScore(value) },
    ...{ amountUsdc: job.amountUsdc, isWritten: written, isSelfDealt },
    ...{ transactionHash: log.transactionHash, at: log.time },
  };
  const others = stored.feedback.filter((each) => each.about !== about);
  return { ...stored, accounts, feedback: [...others, added].map((each) => ({ ...each, isSelfDealt })) };
}

function toScore(value: bigint): number {
  return Number(value < 0n ? 0n : value > 100n ? 100n : value);
}
