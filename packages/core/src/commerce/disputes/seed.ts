import { disputesAbi } from '@bonafide/contracts';
import type { LocalContext } from '../../client/local-handlers.ts';
import { BonafideError } from '../../errors.ts';
import { pause } from '../pause.ts';
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
    return await record(context, jobId);
  } catch (error) {
    // What was asked for has happened already, so this must not look like its failure.
    if (!BonafideError.is(error)) throw error;
    return false;
  }
}

async function record(context: LocalContext, jobId: string): Promise<boolean> {
  const { stage, isSeeded, anchorBlock, job } = await readDispute(context, jobId);
  if (isSeeded || stage !== 'evidence') return isSeeded;
  const { node, deployment } = job.chain;
  const isKnown = async (): Promise<boolean> =>
    (await reading('the newest block', () => node.getBlockNumber({ cacheTime: 0 }))) > anchorBlock;
  const deadline = Date.now() + (deployment.chainId === LOCAL_CHAIN_ID ? 0 : WAIT_MS);
  while (!(await isKnown())) {
    if (Date.now() >= deadline || context.signal?.aborted) return false;
    await pause(POLL_MS, context.signal);
  }
  const call = { address: deployment.disputes, abi: disputesAbi, args: [job.jobId] } as const;
  try {
    await transact(context, { ...call, functionName: 'captureEntropy' });
    return true;
  } catch (error) {
    if (BonafideError.from(error).details.revert === 'EntropyKnown') return true;
    throw error;
  }
}
