import type { Dispute } from '../../models/dispute.ts';
import type { Job, JobScore } from '../../models/job.ts';
import type { DisputeRules, JobRules } from '../../models/terms.ts';

export const account = (digit: string): string => `0x${digit.repeat(40)}`;
const hash = `0x${'0'.repeat(64)}`;

/** Hours after the beginning of a job, as a time. */
export const hour = (hours: number): string =>
  new Date(Date.UTC(2026, 0, 1) + hours * 3_600_000).toISOString();

export const disputeRules: DisputeRules = {
  windowSeconds: 3_600,
  revalidators: [account('6')],
  requiredRepasses: 1,
  bondBps: 500,
  evidenceSeconds: 3_600,
  rulingSeconds: 3_600,
  defaultPercent: 50,
};

export const rules: JobRules = {
  validators: [account('3'), account('4'), account('5')],
  requiredPasses: 2,
  threshold: 80,
  validatorFeeUsdc: '0',
  validationSeconds: 3_600,
  silencePercent: 30,
  disputes: disputeRules,
};

const base: Job = {
  jobId: '1',
  chainId: 31_337,
  status: 'open',
  client: account('a'),
  provider: account('b'),
  evaluator: account('c'),
  amountUsdc: '10',
  evaluatorFeeUsdc: '0',
  isAccepted: false,
  rules,
  description: 'work',
  submitBy: hour(10),
  expiresAt: hour(30),
  scores: [],
  isDisputed: false,
  blockNumber: '1',
  transactionHash: hash,
  createdAt: hour(0),
  updatedAt: hour(0),
};

const dispute: Dispute = {
  jobId: '1',
  stage: 'revalidation',
  opener: base.provider,
  openedBy: 'provider',
  percent: 0,
  bondUsdc: '1',
  isAnswered: false,
  deadline: hour(14),
  isSeeded: false,
  assignments: 0,
  evidence: [],
  revalidations: [],
  blockNumber: '1',
  transactionHash: hash,
  openedAt: hour(13),
  updatedAt: hour(13),
};

export const jobWith = (change: Partial<Job> = {}): Job => ({ ...base, ...change });
export const disputeWith = (change: Partial<Dispute> = {}): Dispute => ({ ...dispute, ...change });

/** One validator's score; from 80 on it passes. */
export const scoreBy = (validator: string, score: number): JobScore => ({
  validator,
  score,
  hasPassed: score >= rules.threshold,
  evidenceHash: hash,
  evidenceUri: '',
  at: hour(11),
});

/** Delivered at hour 10; the validators have until hour 11. */
export const submitted = (change: Partial<Job> = {}): Job =>
  jobWith({ status: 'submitted', isAccepted: true, validateBy: hour(11), ...change });
