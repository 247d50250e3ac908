import { agenticCommerceAbi, encodeDeliverableUri } from '@bonafide/contracts';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { submitJob as operation } from '../../operations/jobs/submit.ts';
import { readJob, requireStatus } from '../chain-job.ts';
import { toHash } from '../hex.ts';
import { transact } from '../transact.ts';

type Input = z.output<(typeof operation)['input']>;
type Output = z.output<(typeof operation)['output']>;

/** jobs.submit: the digest of the deliverable, and where to get it. */
export async function submitJob(
  context: LocalContext,
  { jobId, deliverable, deliverableUri }: Input,
): Promise<Output> {
  const job = await readJob(context, jobId);
  requireStatus(job, 'funded');
  const receipt = await transact(context, {
    address: job.chain.deployment.agenticCommerce,
    abi: agenticCommerceAbi,
    functionName: 'submit',
    args: [job.jobId, toHash(deliverable), encodeDeliverableUri(deliverableUri)],
  });
  return { jobId, transactionHash: receipt.transactionHash, status: 'submitted' };
}
