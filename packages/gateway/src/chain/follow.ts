import type { Deployment } from '@bonafide/contracts';
import { BonafideError } from '@bonafide/core/errors';
import { BlockNotFoundError, type PublicClient } from 'viem';
import type { Ledger } from '../ledger.ts';
import type { IndexedBlock } from '../stores/chain.ts';
import type { Reads } from '../stores/store.ts';
import { addressesOf } from './contract-log.ts';
import { recordScan, rollBack, startOver } from './index-writes.ts';
import { scan } from './scan.ts';

/** A node that refuses wide ranges is not asked for one more often than every so many ranges. */
const WIDEN_AFTER = 8;
/** How often a long catch-up says how far it is. */
const TELL_INTERVAL_MS = 5_000;

export interface FollowLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

export interface FollowDeps {
  readonly client: PublicClient;
  readonly deployment: Deployment;
  readonly confirmations: number;
  /** Blocks asked for at once; halved when a node refuses, doubled again after a while. */
  readonly maxRange: number;
  readonly ledger: Ledger;
  readonly read: Reads;
  readonly log: FollowLog;
}

export interface FollowState {
  /** The node's newest block. */
  head: number;
  range: number;
  /** Ranges that the node has answered. */
  answered: number;
  /** When progress was logged last, in milliseconds. */
  toldAt: number;
  /** Whether the node was seen to be on the right chain since it last failed. */
  isVerified: boolean;
}

/** Brings the index to the head of the chain, yielding after each commit. */
export async function* follow(deps: FollowDeps, state: FollowState): AsyncGenerator<void> {
  if (!state.isVerified) await checkSource(deps);
  state.isVerified = true;
  state.head = Number(await deps.client.getBlockNumber());
  while (await advance(deps, state)) yield;
}

async function checkSource(deps: FollowDeps): Promise<void> {
  const { chainId, startBlock } = deps.deployment;
  const found = await deps.client.getChainId();
  if (found !== chainId) {
    throw new BonafideError('CONFLICT', `The node is on chain ${found}, the contracts are on ${chainId}.`);
  }
  const source = [chainId, ...addressesOf(deps.deployment), startBlock].join(':').toLowerCase();
  if (deps.read.indexedBlocks.getSource() !== source) await startOver(deps, source);
}

/** One commit towards the head; false when there is nothing more to do now. */
async function advance(deps: FollowDeps, state: FollowState): Promise<boolean> {
  const { client, deployment, confirmations, read, log } = deps;
  const cursor = read.indexedBlocks.getNewest();
  const ancestor = await findAncestor(deps, state.head);
  if (ancestor?.number !== cursor?.number || ancestor?.hash !== cursor?.hash) {
    // A node that lags behind shows a shorter chain of the same blocks: nothing was undone.
    if (cursor && ancestor?.number === read.indexedBlocks.getAtOrBelow(state.head)?.number) return false;
    log.warn({ from: cursor?.number, to: ancestor?.number }, 'the chain reorganised');
    await rollBack(deps, ancestor?.number ?? Number(deployment.startBlock) - 1);
    return true;
  }
  const from = (cursor?.number ?? Number(deployment.startBlock) - 1) + 1;
  // The first block goes alone: kept for good, it tells another chain from a longer one.
  const last = cursor === undefined ? from : from + state.range - 1;
  const to = Math.min(last, state.head - confirmations);
  if (to < from) return false;
  const found = await scan(client, { deployment, from, to });
  if (found === undefined) return false;
  await recordScan(deps, { cursor, found });
  if (to < state.head - confirmations) tellProgress(deps, { state, block: to });
  state.answered += 1;
  if (state.answered % WIDEN_AFTER === 0) state.range = Math.min(deps.maxRange, state.range * 2);
  return true;
}

function tellProgress({ log }: FollowDeps, { state, block }: { state: FollowState; block: number }): void {
  if (Date.now() - state.toldAt < TELL_INTERVAL_MS) return;
  state.toldAt = Date.now();
  log.info({ block, head: state.head }, 'indexing');
}

/** The newest indexed block, at or below the head, that is still part of the chain. */
async function findAncestor({ client, read }: FollowDeps, head: number): Promise<IndexedBlock | undefined> {
  let candidate = read.indexedBlocks.getAtOrBelow(head);
  while (candidate !== undefined && (await hashAt(client, candidate.number)) !== candidate.hash) {
    candidate = read.indexedBlocks.getAtOrBelow(candidate.number - 1);
  }
  return candidate;
}

async function hashAt(client: PublicClient, number: number): Promise<string | undefined> {
  try {
    return (await client.getBlock({ blockNumber: BigInt(number) })).hash;
  } catch (error) {
    if (error instanceof BlockNotFoundError) return undefined;
    throw error;
  }
}
