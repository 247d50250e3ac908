import { agenticCommerceAbi, courtAbi } from '@bonafide/contracts';
import type { z } from 'zod';
import type { LocalContext } from '../client/local-handlers.ts';
import { BonafideError } from '../errors.ts';
import type { jobWrite } from '../models/job.ts';
import type { validateJob as validation } from '../operations/jobs/validate.ts';
import { toHash } from './hex.ts';
import { readJob, requireStatus } from './jobs.ts';
import { transact } from './transact.ts';

type Output = z.output<typeof jobWrite>;
type Validation = z.output<(typeof validation)['input']>;

/** jobs.validate: the agreed validator's score, once. */
export async function validateJob(context: LocalContext, input: Validation): Promise<Output> {
  const job = await readJob(context, input.jobId);
  requireStatus(job, 'submitted');
  const receipt = await transact(context, {
    address: job.chain.deployment.court,
    abi: courtAbi,
    functionName: 'validate',
    args: [job.jobId, input.score, toHash(input.evidenceHash), input.evidenceUri],
  });
  return { jobId: input.jobId, transactionHash: receipt.transactionHash, status: 'submitted' };
}

/** jobs.settle: pays the provider or refunds the client, as the score says. */
export async function settleJob(context: LocalContext, { jobId }: { jobId: string }): Promise<Output> {
  const job = await readJob(context, jobId);
  if (job.status === 'completed' || job.status === 'rejected') return { jobId, status: job.status };
  requireStatus(job, 'submitted');
  const { validated, score, threshold } = job.agreement;
  if (!validated)
    throw new BonafideError(
      'CONFLICT',
      `Job ${jobId} has no score yet; its validator must call jobs.validate.`,
    );
  const { court } = job.chain.deployment;
  const receipt = await transact(context, {
    address: court,
    abi: courtAbi,
    functionName: 'settle',
    args: [job.jobId],
  });
  return {
    jobId,
    transactionHash: receipt.transactionHash,
    status: score >= threshold ? 'completed' : 'rejected',
  };
}

/** jobs.refund: the escrow of an expired job goes back to its client. */
export async function refundJob(context: LocalContext, { jobId }: { jobId: string }): Promise<Output> {
  const job = await readJob(context, jobId);
  if (job.status === 'expired') return { jobId, status: job.status };
  const { agenticCommerce } = job.chain.deployment;
  const receipt = await transact(context, {
    address: agenticCommerce,
    abi: agenticCommerceAbi,
    functionName: 'claimRefund',
    args: [job.jobId],
  });
  return { jobId, transactionHash: receipt.transactionHash, status: 'expired' };
}
