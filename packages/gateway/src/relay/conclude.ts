import { setTimeout } from 'node:timers/promises';
import type { Hex, PublicClient } from 'viem';
import type { Ledger } from '../ledger.ts';
import type { StoredTransaction, TransactionOutcome } from '../stores/chain.ts';
import type { Reads } from '../stores/store.ts';
import { broadcast } from './broadcast.ts';
import { findOutcome, isKnown } from './outcome.ts';

export interface ConcludeDeps {
  readonly client: PublicClient;
  readonly ledger: Ledger;
  readonly read: Reads;
  /** Blocks after which a used nonce counts as used for good. */
  readonly confirmations: number;
  /** How long a submission waits for its block. */
  readonly waitMs: number;
  readonly pollMs: number;
  /** Told when a transaction was found in a block. */
  readonly onIncluded: () => void;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** The transaction as the chain has it now; its end is stored when it has come. */
export async function conclude(deps: ConcludeDeps, stored: StoredTransaction): Promise<StoredTransaction> {
  const { client, confirmations } = deps;
  const outcome = await findOutcome(client, { transaction: stored, confirmations });
  return outcome === undefined ? stored : finish(deps, { stored, outcome });
}

/** As `conclude`, and a transaction that the node has lost is sent again: the same bytes, which can only run once. */
export async function look(deps: ConcludeDeps, stored: StoredTransaction): Promise<StoredTransaction> {
  const seen = await conclude(deps, stored);
  const hash = stored.transactionHash as Hex;
  if (seen.status !== 'unknown' || (await isKnown(deps.client, hash))) return seen;
  await broadcast(deps.client, stored.signedTransaction as Hex);
  return conclude(deps, stored);
}

/** Takes up a transaction whose end is unknown; it stays unknown when the node does not answer. */
export async function resume(deps: ConcludeDeps, stored: StoredTransaction): Promise<StoredTransaction> {
  const seen = await look(deps, stored).catch(() => stored);
  return seen.status === 'unknown' ? waitForOutcome(deps, stored) : seen;
}

/** Waits for the block of a sent transaction, for a while; a node that fails meanwhile leaves it unknown. */
export async function waitForOutcome(
  deps: ConcludeDeps,
  stored: StoredTransaction,
): Promise<StoredTransaction> {
  const { now, pollMs, signal } = deps;
  const deadline = now() + deps.waitMs;
  for (;;) {
    const seen = await conclude(deps, stored).catch(() => stored);
    if (seen.status !== 'unknown' || signal.aborted || now() + pollMs > deadline) return seen;
    await setTimeout(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

/** What audit entries say of a transaction. */
export function factsOf(stored: StoredTransaction): Record<string, string> {
  const { agentId, from, to, selector } = stored;
  return { agentId, from, to, selector };
}

interface Ended {
  readonly stored: StoredTransaction;
  readonly outcome: Omit<TransactionOutcome, 'updatedAt'>;
}

async function finish(deps: ConcludeDeps, { stored, outcome }: Ended): Promise<StoredTransaction> {
  const { workspace, transactionHash } = stored;
  const { status, blockNumber, revert } = outcome;
  const data = { ...factsOf(stored), status, ...(blockNumber && { blockNumber }), ...(revert && { revert }) };
  const ended = await deps.ledger.commit({ workspace, actor: 'system' }, (tx) => {
    const isFirst = tx.tables.relayed.finish({ ...outcome, updatedAt: tx.now });
    if (isFirst) tx.record({ type: `relay.${status}`, subject: transactionHash, data });
    return tx.tables.relayed.getAnywhere(transactionHash) ?? { ...stored, ...outcome, updatedAt: tx.now };
  });
  if (ended.blockNumber !== undefined) deps.onIncluded();
  return ended;
}
