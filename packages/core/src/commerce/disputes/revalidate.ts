import { disputesAbi } from '@bonafide/contracts';
import { parseEventLogs } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { revalidateJob as operation } from '../../operations/disputes/revalidate.ts';
import { requireTerms } from '../chain-job.ts';
import { requireWallet } from '../context.ts';
import { toHash } from '../hex.ts';
import { conflict } from '../refusals.ts';
import { isSameAddress } from '../same-address.ts';
import { transact } from '../transact.ts';
import { requireDispute, requireRunning, requireStage } from './chain-dispute.ts';

type Input = z.output<(typeof operation)['input']>;
type Output = z.output<(typeof operation)['output']>;

/** Another score before ours may make ours the one that decides. */
const DECIDING_GAS = 250_000n;

/** disputes.revalidate: the score of a re-validator whom both sides have named. */
export async function revalidateJob(context: LocalContext, input: Input): Promise<Output> {
  const { jobId, score, evidenceUri } = input;
  const evidenceHash = toHash(input.evidenceHash);
  const { address } = requireWallet(context);
  const dispute = await requireDispute(context, jobId);
  const { job, stage } = dispute;
  const terms = await requireTerms(context, job);
  const { revalidators } = terms.rules;
  const index = revalidators.findIndex((each) => isSameAddress(each, address));
  if (index === -1) {
    const message = `This wallet is no re-validator of job ${jobId}.`;
    throw conflict(message, { reason: 'SIGNER', revalidators });
  }
  if (dispute.voted & (1 << index)) return { jobId, stage };
  requireStage(dispute, ['revalidation']);
  requireRunning(dispute);
  const { disputes } = job.chain.deployment;
  const { logs, transactionHash } = await transact(context, {
    address: disputes,
    abi: disputesAbi,
    functionName: 'revalidate',
    args: [job.jobId, terms, score, evidenceHash, evidenceUri],
    minGas: DECIDING_GAS,
  });
  const ours = logs.filter((log) => isSameAddress(log.address, disputes));
  const decided = parseEventLogs({ abi: disputesAbi, eventName: 'RevalidationDecided', logs: ours });
  return { jobId, stage: decided.length > 0 ? 'appealable' : 'revalidation', transactionHash };
}
