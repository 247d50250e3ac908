import type { Job } from '@bonafide/core/models';
import type { JobEventName, JobLog } from './job-log.ts';

const types: Readonly<Partial<Record<JobEventName, string>>> = {
  JobCreated: 'job.created',
  TermsAccepted: 'job.accepted',
  JobFunded: 'job.funded',
  JobSubmitted: 'job.submitted',
  Validated: 'job.validated',
  JobCompleted: 'job.completed',
  JobRejected: 'job.rejected',
  JobExpired: 'job.expired',
};

/** What changes an open job after its creation, price and terms above all. */
const updates: ReadonlySet<JobEventName> = new Set([
  'ProviderSet',
  'BudgetSet',
  'TermsProposed',
  'TermsVoided',
]);

/** The type under which a log is streamed; undefined for logs that only complete another. */
export function eventTypeOf({ name }: JobLog, { isNew }: { readonly isNew: boolean }): string | undefined {
  if (updates.has(name)) return isNew ? undefined : 'job.updated';
  return types[name];
}

/** Ids, parties and numbers as strings. No text of strangers: who wants it reads the job. */
export function toEventData(job: Job, log: JobLog): Record<string, string | number | boolean> {
  const { jobId, chainId, status, client, provider, validator, amountUsdc, isAccepted, score } = job;
  return {
    jobId,
    chainId,
    status,
    client,
    provider,
    ...(validator && { validator }),
    amountUsdc,
    isAccepted,
    ...(score !== undefined && { score }),
    blockNumber: String(log.blockNumber),
    blockHash: log.blockHash,
    transactionHash: log.transactionHash,
    logIndex: log.logIndex,
  };
}
