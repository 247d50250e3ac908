import { disputesAbi } from '@bonafide/contracts';
import { parseEventLogs } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { DisputeWrite } from '../../models/dispute.ts';
import type { ruleDispute as ruling } from '../../operations/disputes/rule.ts';
import { requireTerms } from '../chain-job.ts';
import { requireWallet } from '../context.ts';
import { toHash } from '../hex.ts';
import { conflict } from '../refusals.ts';
import { isSameAddress } from '../same-address.ts';
import { transact } from '../transact.ts';
import { requireDispute, requireOver, requireRunning, requireStage } from './chain-dispute.ts';
import { hasRuled } from './recent-events.ts';

type Ruling = z.output<(typeof ruling)['input']>;

/** disputes.assignArbitrator: whoever was drawn, first when the evidence is in, then when the last one missed its window. */
export async function assignArbitrator(
  context: LocalContext,
  { jobId }: { jobId: string },
): Promise<DisputeWrite> {
  const dispute = await requireDispute(context, jobId);
  const { job, stage, isOver, arbitrator } = dispute;
  requireStage(dispute, ['evidence', 'ruling']);
  if (stage === 'ruling' && !isOver) return { jobId, stage, arbitrator };
  requireOver(dispute);
  const { disputes } = job.chain.deployment;
  const { logs, transactionHash } = await transact(context, {
    address: disputes,
    abi: disputesAbi,
    functionName: 'assignArbitrator',
    args: [job.jobId, await requireTerms(context, job)],
  });
  const ours = logs.filter(({ address }) => isSameAddress(address, disputes));
  const [assigned] = parseEventLogs({ abi: disputesAbi, eventName: 'ArbitratorAssigned', logs: ours });
  return { jobId, stage: 'ruling', arbitrator: assigned?.args.arbitrator, transactionHash };
}

/** disputes.rule: the provider's share, from the arbitrator who is assigned now. */
export async function ruleDispute(context: LocalContext, input: Ruling): Promise<DisputeWrite> {
  const { jobId, percent, rationaleUri } = input;
  const rationaleHash = toHash(input.rationaleHash);
  const { address } = requireWallet(context);
  const dispute = await requireDispute(context, jobId);
  const { job, stage, arbitrator } = dispute;
  if (!isSameAddress(arbitrator, address)) {
    const message = `This wallet is not assigned to the dispute of job ${jobId}.`;
    throw conflict(message, { reason: 'SIGNER', arbitrator });
  }
  const ours = { jobId: job.jobId, by: address, hash: rationaleHash };
  if (stage === 'closed' && dispute.percent === percent && (await hasRuled(job.chain, ours))) {
    return { jobId, stage };
  }
  requireStage(dispute, ['ruling']);
  requireRunning(dispute);
  const { transactionHash } = await transact(context, {
    address: job.chain.deployment.disputes,
    abi: disputesAbi,
    functionName: 'rule',
    args: [job.jobId, await requireTerms(context, job), percent, rationaleHash, rationaleUri],
  });
  return { jobId, stage: 'closed', transactionHash };
}
