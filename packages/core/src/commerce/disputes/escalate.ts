import { disputesAbi } from '@bonafide/contracts';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { DisputeWrite } from '../../models/dispute.ts';
import { requireTerms } from '../chain-job.ts';
import { conflict } from '../refusals.ts';
import { transact } from '../transact.ts';
import {
  type OpenedDispute,
  requireDispute,
  requireOver,
  requireRunning,
  requireStage,
} from './chain-dispute.ts';
import { recordSeed } from './seed.ts';
import { requireSide } from './side.ts';

/** disputes.escalate: from the re-validators to an arbitrator, whom a block that does not exist yet will draw. */
export async function escalateDispute(
  context: LocalContext,
  { jobId }: { jobId: string },
): Promise<DisputeWrite> {
  const dispute = await requireDispute(context, jobId);
  const { job, stage } = dispute;
  if (dispute.isEscalated) {
    return stage === 'evidence'
      ? { jobId, stage, isSeeded: await recordSeed(context, jobId) }
      : { jobId, stage };
  }
  await requireEscalatable(context, dispute);
  const terms = await requireTerms(context, job);
  const { transactionHash } = await transact(context, {
    address: job.chain.deployment.disputes,
    abi: disputesAbi,
    functionName: 'escalate',
    args: [job.jobId, terms],
  });
  return { jobId, stage: 'evidence', isSeeded: await recordSeed(context, jobId), transactionHash };
}

async function requireEscalatable(context: LocalContext, dispute: OpenedDispute): Promise<void> {
  requireStage(dispute, ['revalidation', 'appealable']);
  if (dispute.stage === 'revalidation') return requireOver(dispute);
  requireRunning(dispute);
  const loser = dispute.percent === 0 ? 'provider' : 'client';
  if ((await requireSide(context, dispute.job)) !== loser) {
    throw conflict(`Only the ${loser} lost by the re-validation and may go on.`, { reason: 'SIGNER' });
  }
  if (loser !== dispute.openedBy && !dispute.isAnswered) {
    throw conflict('Post the bond with disputes.answer first: who has none at stake cannot go on.');
  }
}
