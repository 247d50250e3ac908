import { agenticCommerceAbi, courtAbi } from '@bonafide/contracts';
import { parseEventLogs, type TransactionReceipt } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { JobStatus, jobWrite } from '../../models/job.ts';
import type { validateJob as validation } from '../../operations/jobs/validate.ts';
import { readJob, requireStatus, requireTerms } from '../chain-job.ts';
import { toHash } from '../hex.ts';
import { transact } from '../transact.ts';

type Output = z.output<typeof jobWrite>;
type Validation = z.output<(typeof validation)['input']>;

/** Another score may come first and make this one decide, which pays everybody and writes two feedbacks. */
const DECIDING_GAS = 2_000_000n;

/** jobs.validate: an agreed validator's score, once; the score that decides ends the job too. */
export async function validateJob(context: LocalContext, input: Validation): Promise<Output> {
  const { jobId, score, evidenceHash, evidenceUri } = input;
  const job = await readJob(context, jobId);
  requireStatus(job, 'submitted');
  const terms = await requireTerms(context, job);
  const receipt = await transact(context, {
    address: job.chain.deployment.court,
    abi: courtAbi,
    functionName: 'validate',
    args: [job.jobId, terms, score, toHash(evidenceHash), evidenceUri],
    minGas: DECIDING_GAS,
  });
  return { jobId, transactionHash: receipt.transactionHash, status: statusAfter(receipt, 'submitted') };
}

/** jobs.settle: ends a failed or silent validation as the terms say, after the time for a dispute; or a job never delivered. */
export async function settleJob(context: LocalContext, { jobId }: { jobId: string }): Promise<Output> {
  const job = await readJob(context, jobId);
  if (job.status === 'completed' || job.status === 'rejected') return { jobId, status: job.status };
  if (job.status !== 'funded') requireStatus(job, 'submitted');
  const terms = await requireTerms(context, job);
  const receipt = await transact(context, {
    address: job.chain.deployment.court,
    abi: courtAbi,
    functionName: 'settle',
    args: [job.jobId, terms],
  });
  return { jobId, transactionHash: receipt.transactionHash, status: statusAfter(receipt, job.status) };
}

/** jobs.refund: the escrow of an expired job goes back to its client. */
export async function refundJob(context: LocalContext, { jobId }: { jobId: string }): Promise<Output> {
  const job = await readJob(context, jobId);
  if (job.status === 'expired') return { jobId, status: job.status };
  const { transactionHash } = await transact(context, {
    address: job.chain.deployment.agenticCommerce,
    abi: agenticCommerceAbi,
    functionName: 'claimRefund',
    args: [job.jobId],
  });
  return { jobId, transactionHash, status: 'expired' };
}

/** What a transaction that concerned one job left it in. */
export function statusAfter({ logs }: TransactionReceipt, otherwise: JobStatus): JobStatus {
  const [ended] = parseEventLogs({
    abi: agenticCommerceAbi,
    eventName: ['JobCompleted', 'JobRejected'],
    logs,
  });
  if (!ended) return otherwise;
  return ended.eventName === 'JobCompleted' ? 'completed' : 'rejected';
}
