import { formatUsdc, type Job } from '@bonafide/core/models';
import { zeroHash } from 'viem';
import type { JobLog } from './job-log.ts';

/** The job after one more log: jobs are nothing but the fold of their logs. */
export function applyLog(job: Job | undefined, log: JobLog, chainId: number): Job | undefined {
  const base = log.name === 'JobCreated' ? createdJob(log, chainId) : job;
  if (base === undefined) return undefined;
  return {
    ...changed(base, log),
    blockNumber: String(log.blockNumber),
    transactionHash: log.transactionHash,
    updatedAt: log.time,
  };
}

function createdJob(log: JobLog & { readonly name: 'JobCreated' }, chainId: number): Job {
  return {
    jobId: log.jobId,
    chainId,
    status: 'open',
    client: log.client,
    provider: log.provider,
    evaluator: log.evaluator,
    amountUsdc: '0',
    isAccepted: false,
    description: log.description ?? '',
    expiresAt: toTime(log.expiredAt),
    blockNumber: String(log.blockNumber),
    transactionHash: log.transactionHash,
    createdAt: log.time,
    updatedAt: log.time,
  };
}

function changed(job: Job, log: JobLog): Job {
  switch (log.name) {
    case 'JobCreated':
      return job;
    case 'ProviderSet':
      return { ...job, provider: log.provider };
    case 'BudgetSet':
      return { ...job, amountUsdc: formatUsdc(BigInt(log.amount)) };
    case 'TermsProposed':
      return withTerms(job, log.terms);
    case 'TermsVoided':
      return withoutTerms(job);
    case 'TermsAccepted':
      return { ...job, isAccepted: true };
    case 'JobFunded':
      return { ...job, status: 'funded', amountUsdc: formatUsdc(BigInt(log.amount)) };
    case 'DeliverableSubmitted':
      return log.deliverableURI === '' ? job : { ...job, deliverableUri: log.deliverableURI };
    case 'JobSubmitted':
      return { ...job, status: 'submitted', deliverable: log.deliverable };
    case 'Validated':
      return {
        ...job,
        score: log.score,
        ...(log.evidenceURI === '' ? {} : { evidenceUri: log.evidenceURI }),
      };
    case 'JobCompleted':
      return { ...job, status: 'completed' };
    case 'JobRejected':
      return { ...job, status: 'rejected' };
    case 'JobExpired':
      return { ...job, status: 'expired' };
  }
}

function withTerms(job: Job, terms: (JobLog & { readonly name: 'TermsProposed' })['terms']): Job {
  return {
    ...withoutTerms(job),
    validator: terms.validator,
    threshold: terms.threshold,
    submitBy: toTime(terms.submitBy),
    ...(terms.specHash === zeroHash ? {} : { specHash: terms.specHash }),
  };
}

function withoutTerms(job: Job): Job {
  const { validator, threshold, submitBy, specHash, ...rest } = job;
  return { ...rest, isAccepted: false };
}

function toTime(seconds: string): string {
  return new Date(Number(seconds) * 1000).toISOString();
}
