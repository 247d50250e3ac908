import { disputesAbi } from '@bonafide/contracts';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { answerDispute as operation } from '../../operations/disputes/answer.ts';
import { requireTerms } from '../chain-job.ts';
import { requireWallet } from '../context.ts';
import { toHash } from '../hex.ts';
import { conflict } from '../refusals.ts';
import { isSameAddress } from '../same-address.ts';
import { transact } from '../transact.ts';
import { signBond } from './bond.ts';
import { requireDispute, requireRunning, requireStage } from './chain-dispute.ts';
import { requireSide } from './side.ts';

type Input = z.output<(typeof operation)['input']>;
type Output = z.output<(typeof operation)['output']>;

/** disputes.answer: the same bond from the other side, with its evidence. */
export async function answerDispute(context: LocalContext, input: Input): Promise<Output> {
  const { jobId, bondUsdc, evidenceUri } = input;
  const evidenceHash = toHash(input.evidenceHash);
  const dispute = await requireDispute(context, jobId);
  const { job, stage } = dispute;
  if (dispute.isAnswered && isSameAddress(dispute.respondent, requireWallet(context).address)) {
    return { jobId, stage };
  }
  const side = await requireSide(context, job);
  if (side === dispute.openedBy)
    throw conflict(`The ${side} has opened this dispute; the other side answers.`);
  if (dispute.isAnswered) throw conflict(`The dispute of job ${jobId} is answered by ${dispute.respondent}.`);
  requireStage(dispute, ['revalidation', 'appealable', 'evidence']);
  requireRunning(dispute);

  const terms = await requireTerms(context, job);
  const validBefore = dispute.deadline;
  const payment = await signBond(context, { job, terms, side, bondUsdc, evidenceHash, validBefore });
  const { transactionHash } = await transact(context, {
    address: job.chain.deployment.disputes,
    abi: disputesAbi,
    functionName: 'answer',
    args: [job.jobId, terms, evidenceHash, evidenceUri, payment],
  });
  return { jobId, stage, transactionHash };
}
