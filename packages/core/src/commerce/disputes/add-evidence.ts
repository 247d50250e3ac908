import { disputesAbi } from '@bonafide/contracts';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { addEvidence as operation } from '../../operations/disputes/add-evidence.ts';
import { requireWallet } from '../context.ts';
import { toHash } from '../hex.ts';
import { transact } from '../transact.ts';
import { requireDispute, requireRunning, requireStage } from './chain-dispute.ts';
import { hasEvidence } from './recent-events.ts';
import { requireSide } from './side.ts';

type Input = z.output<(typeof operation)['input']>;
type Output = z.output<(typeof operation)['output']>;

/** disputes.addEvidence: digest and address of what a party wants the judges to see. */
export async function addEvidence(context: LocalContext, input: Input): Promise<Output> {
  const { jobId, evidenceUri } = input;
  const evidenceHash = toHash(input.evidenceHash);
  const dispute = await requireDispute(context, jobId);
  const { job, stage } = dispute;
  await requireSide(context, job);
  const by = requireWallet(context).address;
  if (await hasEvidence(job.chain, { jobId: job.jobId, by, hash: evidenceHash })) return { jobId, stage };
  requireStage(dispute, ['revalidation', 'appealable', 'evidence']);
  requireRunning(dispute);
  const { transactionHash } = await transact(context, {
    address: job.chain.deployment.disputes,
    abi: disputesAbi,
    functionName: 'addEvidence',
    args: [job.jobId, evidenceHash, evidenceUri],
  });
  return { jobId, stage, transactionHash };
}
