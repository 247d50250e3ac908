import { disputesAbi } from '@bonafide/contracts';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { DisputeWrite } from '../../models/dispute.ts';
import { hasEnded } from '../../models/job.ts';
import { requireTerms } from '../chain-job.ts';
import { transact } from '../transact.ts';
import { requireDispute, requireOver } from './chain-dispute.ts';

/** disputes.finalize: ends what nobody carries on; of a job that ended without its dispute it returns the bonds. */
export async function finalizeDispute(
  context: LocalContext,
  { jobId }: { jobId: string },
): Promise<DisputeWrite> {
  const dispute = await requireDispute(context, jobId);
  const { job, stage } = dispute;
  if (stage === 'closed') return { jobId, stage };
  const disputes = { address: job.chain.deployment.disputes, abi: disputesAbi } as const;
  if (hasEnded(job)) {
    const call = { ...disputes, functionName: 'releaseBonds', args: [job.jobId] } as const;
    const { transactionHash } = await transact(context, call);
    return { jobId, stage: 'closed', transactionHash };
  }
  requireOver(dispute);
  const args = [job.jobId, await requireTerms(context, job)] as const;
  const { transactionHash } = await transact(context, { ...disputes, functionName: 'finalize', args });
  return { jobId, stage: 'closed', transactionHash };
}
