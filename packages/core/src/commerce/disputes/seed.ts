import { disputesAbi } from '@bonafide/contracts';
import type { LocalContext } from '../../client/local-handlers.ts';
import { BonafideError } from '../../errors.ts';
import { pause } from '../../pause.ts';
import type { ChainJob } from '../chain-job.ts';
import { reading } from '../reading.ts';
import { transact } from '../transact.ts';
import { readDispute } from './chain-dispute.ts';

/** A few blocks. A local chain mines on demand, so there a block may never come; but then none is forgotten either. */
const WAIT_MS = 6_000;
const POLL_MS = 250;
const LOCAL_CHAIN_ID = 31_337;

/**
 * Has the chain record the block that draws the arbitrators, which it knows from the next block on and forgets later. Tells
 * whether it is recorded now. Nothing is lost when it is not: keepers watch for it, and disputes.assignArbitrator
 * records it too.
 */
export async function recordSeed(context: LocalContext, jobId: string): Promise<boolean> {
  try {
    await record(context, jobId);
  } catch (error) {
    // What was asked for has happened already, so this must not look like its failure. Often a keeper was faster.
    if (!BonafideError.is(error)) throw error;
  }
  return isRecorded(context, jobId);
}

async function record(context: LocalContext, jobId: string): Promise<void> {
  const { stage, isSeeded, anchorBlock, job } = await readDispute(context, jobId);
  if (isSeeded || stage !== 'evidence' || !(await waitForBlock(context, { job, after: anchorBlock }))) return;
  await transact(context, {
    address: job.chain.deployment.disputes,
    abi: disputesAbi,
    functionName: 'captureEntropy',
    args: [job.jobId],
  });
}

async function isRecorded(context: LocalContext, jobId: string): Promise<boolean> {
  try {
    return (await readDispute(context, jobId)).isSeeded;
  } catch (error) {
    if (!BonafideError.is(error)) throw error;
    return false;
  }
}

async function waitForBlock(
  { signal }: LocalContext,
  { job, after }: { readonly job: ChainJob; readonly after: bigint },
): Promise<boolean> {
  const { node, deployment } = job.chain;
  const deadline = Date.now() + (deployment.chainId === LOCAL_CHAIN_ID ? 0 : WAIT_MS);
  for (;;) {
    const newest = await reading('the newest block', () => node.getBlockNumber({ cacheTime: 0 }));
    if (newest > after) return true;
    if (Date.now() >= deadline || signal?.aborted) return false;
    await pause(POLL_MS, signal);
  }
}
