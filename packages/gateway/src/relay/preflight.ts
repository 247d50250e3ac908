import { setTimeout } from 'node:timers/promises';
import type { Address, PublicClient } from 'viem';
import { findRevert, nodeUnavailable, toChainError } from '../chain/failures.ts';
import type { ParsedTransaction } from './parse.ts';
import type { Nonces } from './turns.ts';

export interface PreflightOptions {
  readonly client: PublicClient;
  readonly waitMs: number;
  readonly pollMs: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

export async function readNonces(client: PublicClient, address: Address): Promise<Nonces> {
  const [next, pending] = await Promise.all([
    client.getTransactionCount({ address, blockTag: 'latest' }),
    client.getTransactionCount({ address, blockTag: 'pending' }),
  ]);
  return { next, pending };
}

/**
 * Runs the transaction without sending it; throws what it would revert with. A revert counts only when all transactions of
 * the sender before it are in blocks, because it may need what those do and not every node knows a pending state.
 */
export async function simulate(options: PreflightOptions, transaction: ParsedTransaction): Promise<void> {
  const { client, waitMs, pollMs, now, signal } = options;
  const { from, to, data, gas, nonce } = transaction;
  const deadline = now() + waitMs;
  for (;;) {
    const { next } = await readNonces(client, from);
    const blockTag = nonce > next ? 'pending' : 'latest';
    try {
      await client.call({ account: from, ...(to && { to }), data, gas, blockTag });
      return;
    } catch (error) {
      const revert = findRevert(error);
      if (!revert) throw nodeUnavailable(error);
      if (nonce <= next || now() + pollMs > deadline || signal.aborted) throw toChainError(revert, error);
    }
    await setTimeout(pollMs, undefined, { signal }).catch(() => undefined);
  }
}
