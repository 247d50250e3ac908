import {
  type Hex,
  type PublicClient,
  TransactionNotFoundError,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from 'viem';
import { findRevert } from '../chain/failures.ts';
import type { StoredTransaction, TransactionOutcome } from '../stores/chain.ts';

/** The `revert` of a transaction that never ran and never will: another one has used its nonce. */
export const REPLACED = 'ReplacedByAnotherTransaction';

type Outcome = Omit<TransactionOutcome, 'updatedAt'>;

/** How the chain says the transaction ended; undefined while it may still be included. */
export async function findOutcome(
  client: PublicClient,
  { transaction, confirmations }: { readonly transaction: StoredTransaction; readonly confirmations: number },
): Promise<Outcome | undefined> {
  // Counted before the receipt is looked for: if the nonce was used by then, this transaction's receipt is there.
  const used = await countConfirmed(client, { address: transaction.from as Hex, confirmations });
  const receipt = await findReceipt(client, transaction.transactionHash as Hex);
  if (receipt) return toOutcome(client, { transaction, receipt });
  if (used <= transaction.nonce) return undefined;
  return { transactionHash: transaction.transactionHash, status: 'reverted', revert: REPLACED };
}

/** Whether the node has the transaction, in a block or waiting. */
export async function isKnown(client: PublicClient, hash: Hex): Promise<boolean> {
  try {
    await client.getTransaction({ hash });
    return true;
  } catch (error) {
    if (error instanceof TransactionNotFoundError) return false;
    throw error;
  }
}

async function countConfirmed(
  client: PublicClient,
  { address, confirmations }: { readonly address: Hex; readonly confirmations: number },
): Promise<number> {
  const head = await client.getBlockNumber();
  const blockNumber = head - BigInt(confirmations);
  return client.getTransactionCount({ address, blockNumber: blockNumber < 0n ? 0n : blockNumber });
}

async function findReceipt(client: PublicClient, hash: Hex): Promise<TransactionReceipt | undefined> {
  try {
    return await client.getTransactionReceipt({ hash });
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return undefined;
    throw error;
  }
}

interface Included {
  readonly transaction: StoredTransaction;
  readonly receipt: TransactionReceipt;
}

async function toOutcome(client: PublicClient, { transaction, receipt }: Included): Promise<Outcome> {
  const { transactionHash } = transaction;
  const blockNumber = String(receipt.blockNumber);
  if (receipt.status === 'success') return { transactionHash, blockNumber, status: 'included' };
  return {
    transactionHash,
    blockNumber,
    status: 'reverted',
    revert: await replayRevert(client, { transaction, receipt }),
  };
}

// A receipt does not say why. The call is run again on the state of the block before; what happened earlier in the same
// block is missing there, so without a revert the reason stays unnamed.
async function replayRevert(client: PublicClient, { transaction, receipt }: Included): Promise<string> {
  const { input, gas } = await client.getTransaction({ hash: receipt.transactionHash });
  try {
    await client.call({
      account: transaction.from as Hex,
      to: transaction.to as Hex,
      data: input,
      gas,
      blockNumber: receipt.blockNumber - 1n,
    });
  } catch (error) {
    return findRevert(error)?.name ?? 'Reverted';
  }
  return receipt.gasUsed === gas ? 'OutOfGas' : 'Reverted';
}
