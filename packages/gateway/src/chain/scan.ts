import { agenticCommerceAbi, type Deployment } from '@bonafide/contracts';
import type { Hex, PublicClient } from 'viem';
import { type DecodedLog, type JobLog, jobEvents, parseEvent } from './job-log.ts';

/** Strings of strangers are kept up to this length; the kernel sets no bound of its own. */
const MAX_TEXT_LENGTH = 16_384;

/** The job logs of a range of blocks, all of the chain that ends in `head`. */
export interface Scan {
  readonly head: { readonly number: number; readonly hash: Hex };
  readonly logs: readonly JobLog[];
}

export interface ScanOptions {
  readonly deployment: Deployment;
  readonly from: number;
  readonly to: number;
}

/** Reads the job logs of blocks `from` to `to`; undefined when the chain reorganised meanwhile. */
export async function scan(client: PublicClient, options: ScanOptions): Promise<Scan | undefined> {
  const { deployment, from, to } = options;
  const head = await client.getBlock({ blockNumber: BigInt(to) });
  const found = await client.getLogs({
    address: [deployment.agenticCommerce, deployment.court],
    events: jobEvents,
    fromBlock: BigInt(from),
    toBlock: BigInt(to),
    strict: true,
  });
  const logs = await readPlaces(client, { logs: found as unknown as DecodedLog[], deployment });
  const isSame = (await client.getBlock({ blockNumber: BigInt(to) })).hash === head.hash;
  return isSame && logs !== undefined ? { head: { number: to, hash: head.hash }, logs } : undefined;
}

async function readPlaces(
  client: PublicClient,
  { logs, deployment }: { readonly logs: readonly DecodedLog[]; readonly deployment: Deployment },
): Promise<JobLog[] | undefined> {
  const times = new Map<Hex, string>();
  const result: JobLog[] = [];
  for (const log of logs) {
    const event = parseEvent(log, deployment);
    if (event === undefined) continue;
    if (!times.has(log.blockHash)) {
      const block = await client.getBlock({ blockNumber: log.blockNumber });
      if (block.hash !== log.blockHash) return undefined;
      times.set(log.blockHash, new Date(Number(block.timestamp) * 1000).toISOString());
    }
    result.push({
      ...event,
      blockNumber: Number(log.blockNumber),
      blockHash: log.blockHash,
      logIndex: log.logIndex,
      transactionHash: log.transactionHash,
      time: times.get(log.blockHash) ?? '',
      ...(event.name === 'JobCreated' && {
        description: await readDescription(client, { deployment, jobId: event.jobId }),
      }),
    });
  }
  return result;
}

// A description never changes, so the latest state has it too, which a node without an archive can answer; that the
// job is still of the same chain is checked after all reads.
async function readDescription(
  client: PublicClient,
  { deployment, jobId }: { readonly deployment: Deployment; readonly jobId: string },
): Promise<string> {
  const description = await client.readContract({
    address: deployment.agenticCommerce,
    abi: agenticCommerceAbi,
    functionName: 'getDescription',
    args: [BigInt(jobId)],
  });
  return description.slice(0, MAX_TEXT_LENGTH);
}
