import { agenticCommerceAbi, type Deployment, identityRegistryAbi } from '@bonafide/contracts';
import type { Hex, Log, PublicClient } from 'viem';
import { toTime } from './clock.ts';
import { addressesOf, type ContractName, contractsOf, decodeLog, type KeptLog } from './contract-log.ts';
import { findRevert } from './failures.ts';
import { clip } from './folds/place.ts';
import { mapAtOnce } from './map-at-once.ts';

/** Questions to the node under way at once, several in each request. */
const AT_ONCE = 40;

/** The logs of our contracts in a range of blocks, all of the chain that ends in `head`. */
export interface Scan {
  readonly head: { readonly number: number; readonly hash: Hex; readonly time: string };
  readonly logs: readonly KeptLog[];
}

export interface ScanOptions {
  readonly deployment: Deployment;
  readonly from: number;
  readonly to: number;
}

/** Reads the logs of blocks `from` to `to`; undefined when the chain reorganised meanwhile. */
export async function scan(client: PublicClient, options: ScanOptions): Promise<Scan | undefined> {
  const { deployment, from, to } = options;
  const head = await client.getBlock({ blockNumber: BigInt(to) });
  const found = await client.getLogs({
    address: addressesOf(deployment),
    fromBlock: BigInt(from),
    toBlock: BigInt(to),
  });
  const times = await readTimes(client, found);
  if (times === undefined) return undefined;
  const contracts = contractsOf(deployment);
  const kept = found.flatMap((log) => keep(log, { contracts, times }) ?? []);
  const logs = await mapAtOnce(kept, AT_ONCE, (log) => readBeside(client, { log, deployment }));
  const isSame = (await client.getBlock({ blockNumber: BigInt(to) })).hash === head.hash;
  const time = toTime(head.timestamp);
  return isSame ? { head: { number: to, hash: head.hash, time }, logs } : undefined;
}

type MinedLog = Log<bigint, number, false>;

/** Times of the blocks that hold logs; undefined when one of them is not of this chain any more. */
async function readTimes(
  client: PublicClient,
  logs: readonly MinedLog[],
): Promise<ReadonlyMap<Hex, string> | undefined> {
  const blocks = [...new Map(logs.map((log) => [log.blockHash, log.blockNumber]))];
  const read = await mapAtOnce(blocks, AT_ONCE, async ([hash, blockNumber]) => {
    const block = await client.getBlock({ blockNumber });
    return block.hash === hash ? ([hash, toTime(block.timestamp)] as const) : undefined;
  });
  const times = read.filter((each) => each !== undefined);
  return times.length === read.length ? new Map(times) : undefined;
}

interface Known {
  readonly contracts: ReadonlyMap<string, ContractName>;
  readonly times: ReadonlyMap<Hex, string>;
}

/** The log as it is kept; undefined for whoever else a node says was the emitter. */
function keep(log: MinedLog, { contracts, times }: Known): KeptLog | undefined {
  const contract = contracts.get(log.address.toLowerCase());
  if (!contract) return undefined;
  const { topics, data, blockHash, logIndex, transactionHash } = log;
  const time = times.get(blockHash) ?? '';
  const place = { blockNumber: Number(log.blockNumber), blockHash, logIndex, transactionHash, time };
  return { contract, topics: [...topics], data, ...place };
}

interface Reading {
  readonly log: KeptLog;
  readonly deployment: Deployment;
}

// A description never changes, so the latest state has it too, which a node without an archive can answer. That the log
// is still of the same chain is checked after all reads.
async function readBeside(client: PublicClient, { log, deployment }: Reading): Promise<KeptLog> {
  const decoded = decodeLog(log);
  if (decoded?.eventName === 'JobCreated') {
    const description = await client.readContract({
      address: deployment.agenticCommerce,
      abi: agenticCommerceAbi,
      functionName: 'getDescription',
      args: [decoded.args.jobId],
    });
    return { ...log, description: clip(description) };
  }
  if (decoded?.eventName === 'FeedbackWritten') {
    const identity = { deployment, agentId: decoded.args.agentId };
    const agentOwner = await readOwner(client, { ...identity, blockNumber: BigInt(log.blockNumber) }).catch(
      // A node without an archive: the owner of now, who is mostly still the same.
      () => readOwner(client, identity),
    );
    return agentOwner === undefined ? log : { ...log, agentOwner };
  }
  return log;
}

interface IdentityAt {
  readonly deployment: Deployment;
  readonly agentId: bigint;
  readonly blockNumber?: bigint;
}

async function readOwner(
  client: PublicClient,
  { deployment, agentId, ...at }: IdentityAt,
): Promise<string | undefined> {
  try {
    return await client.readContract({
      ...at,
      address: deployment.identityRegistry,
      abi: identityRegistryAbi,
      functionName: 'ownerOf',
      args: [agentId],
    });
  } catch (error) {
    // An identity that was burned since.
    if (findRevert(error)) return undefined;
    throw error;
  }
}
