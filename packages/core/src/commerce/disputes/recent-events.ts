import { disputesAbi } from '@bonafide/contracts';
import { getAbiItem, type Hex } from 'viem';
import type { Chain } from '../chain.ts';
import { reading } from '../reading.ts';

/** As many blocks as public nodes search at once; a call that is repeated later than that is a new one. */
const SEARCHED = 9_000n;

interface Handed {
  readonly jobId: bigint;
  readonly by: Hex;
  readonly hash: Hex;
}

/** Whether this party has lately handed in this very evidence: the contract keeps none, its events do. */
export async function hasEvidence(chain: Chain, { jobId, by, hash }: Handed): Promise<boolean> {
  const event = getAbiItem({ abi: disputesAbi, name: 'EvidenceAdded' });
  const logs = await search(chain, (range) =>
    chain.node.getLogs({ ...range, event, args: { jobId, party: by } }),
  );
  return logs.some(({ args }) => args.evidenceHash === hash);
}

/** Whether this arbitrator has lately ruled the dispute for these reasons. */
export async function hasRuled(chain: Chain, { jobId, by, hash }: Handed): Promise<boolean> {
  const event = getAbiItem({ abi: disputesAbi, name: 'Ruled' });
  const logs = await search(chain, (range) =>
    chain.node.getLogs({ ...range, event, args: { jobId, arbitrator: by } }),
  );
  return logs.some(({ args }) => args.rationaleHash === hash);
}

interface Range {
  readonly address: Hex;
  readonly fromBlock: bigint;
}

function search<Log>({ node, deployment }: Chain, find: (range: Range) => Promise<Log[]>): Promise<Log[]> {
  return reading('the events of the dispute', async () => {
    const newest = await node.getBlockNumber({ cacheTime: 0 });
    const fromBlock = newest > deployment.startBlock + SEARCHED ? newest - SEARCHED : deployment.startBlock;
    return find({ address: deployment.disputes, fromBlock });
  });
}
