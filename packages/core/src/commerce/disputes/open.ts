import { disputesAbi } from '@bonafide/contracts';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { ContractTerms } from '../../models/terms-codec.ts';
import { toTime } from '../../models/unix-time.ts';
import type { openDispute as operation } from '../../operations/disputes/open.ts';
import { requireStatus, requireTerms } from '../chain-job.ts';
import { requireWallet } from '../context.ts';
import { toHash } from '../hex.ts';
import { conflict } from '../refusals.ts';
import { isSameAddress } from '../same-address.ts';
import { transact } from '../transact.ts';
import { signBond } from './bond.ts';
import { type ChainDispute, readDispute, type Side } from './chain-dispute.ts';
import { recordSeed } from './seed.ts';
import { requireSide } from './side.ts';

type Input = z.output<(typeof operation)['input']>;
type Output = z.output<(typeof operation)['output']>;

/** disputes.open: the bond and first evidence of the side that loses by the validation, in one transaction. */
export async function openDispute(context: LocalContext, input: Input): Promise<Output> {
  const { jobId } = input;
  const evidenceHash = toHash(input.evidenceHash);
  const dispute = await readDispute(context, jobId);
  if (dispute.stage !== 'none') return resume(context, dispute);

  const { job } = dispute;
  const side = await requireSide(context, job);
  requireStatus(job, 'submitted');
  const terms = await requireTerms(context, job);
  const validBefore = requireDisputable(dispute, { terms, side });
  const { bondUsdc, evidenceUri } = input;
  const payment = await signBond(context, { job, terms, side, bondUsdc, evidenceHash, validBefore });
  const { transactionHash } = await transact(context, {
    address: job.chain.deployment.disputes,
    abi: disputesAbi,
    functionName: 'open',
    args: [job.jobId, terms, side === 'provider', evidenceHash, evidenceUri, payment],
  });
  if (terms.rules.revalidators.length > 0) return { jobId, stage: 'revalidation', transactionHash };
  return { jobId, stage: 'evidence', isSeeded: await recordSeed(context, jobId), transactionHash };
}

// After a crash the chain knows best: a job is disputed once, so asking again posts no second bond.
async function resume(context: LocalContext, { job, stage, opener }: ChainDispute): Promise<Output> {
  const jobId = String(job.jobId);
  const { address } = requireWallet(context);
  if (stage === 'none' || !isSameAddress(opener, address)) {
    throw conflict(`Job ${jobId} is disputed already, by ${opener}.`, { reason: 'STAGE', stage, opener });
  }
  if (stage !== 'evidence') return { jobId, stage };
  return { jobId, stage, isSeeded: await recordSeed(context, jobId) };
}

/** Until when the outcome of the validation can be disputed by this side; throws CONFLICT when it cannot be now. */
function requireDisputable(
  { job, clock, pausedSeconds }: ChainDispute,
  { terms, side }: { readonly terms: ContractTerms; readonly side: Side },
): number {
  const { jobId, phase, deadline } = job;
  const { disputeWindow, silencePercent } = terms.rules;
  if (disputeWindow === 0) throw conflict(`The terms of job ${jobId} have no disputes.`, { reason: 'TERMS' });
  const isSilence = phase === 'validating';
  if (!isSilence && phase !== 'failed') {
    throw conflict(`The validation of job ${jobId} is ${phase}; only a fail or silence can be disputed.`);
  }
  if (isSilence && clock < deadline) {
    const until = toTime(deadline + pausedSeconds);
    throw conflict(`The validators of job ${jobId} have time until ${until}.`, { reason: 'RUNNING', until });
  }
  const percent = isSilence ? silencePercent : 0;
  if (side === 'provider' ? percent === 100 : percent === 0) {
    throw conflict(`The ${side} gets everything by this outcome, so there is nothing to dispute.`);
  }
  const end = isSilence ? deadline + disputeWindow : deadline;
  if (clock < end) return end + pausedSeconds;
  const until = toTime(end + pausedSeconds);
  throw conflict(`Disputes of job ${jobId} could be opened until ${until}.`, { reason: 'OVER', until });
}
