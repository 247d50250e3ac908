import {
  BaseError,
  FeeCapTooHighError,
  FeeCapTooLowError,
  type Hex,
  InsufficientFundsError,
  IntrinsicGasTooHighError,
  IntrinsicGasTooLowError,
  NonceTooHighError,
  NonceTooLowError,
  type PublicClient,
  TipAboveFeeCapError,
  TransactionTypeNotSupportedError,
} from 'viem';
import { getNodeError } from 'viem/utils';

/** `unknown`: the node may or may not have it, so it counts as sent. */
export type Broadcast =
  | { readonly result: 'sent' | 'unknown' }
  | { readonly result: 'refused'; readonly reason: string };

const alreadyKnown = /already (known|imported|in mempool)|known transaction|ALREADY_EXISTS/i;
const underpriced = /underpriced|replacement (transaction|fee)/i;

/** What a node says before it takes a transaction into its pool: it has not been and will not be sent. */
const refusals = [
  FeeCapTooHighError,
  FeeCapTooLowError,
  InsufficientFundsError,
  IntrinsicGasTooHighError,
  IntrinsicGasTooLowError,
  NonceTooHighError,
  NonceTooLowError,
  TipAboveFeeCapError,
  TransactionTypeNotSupportedError,
];

/** Hands the bytes to the node. Never throws: whatever is not clearly refused may have been sent. */
export async function broadcast(client: PublicClient, serializedTransaction: Hex): Promise<Broadcast> {
  try {
    await client.sendRawTransaction({ serializedTransaction });
    return { result: 'sent' };
  } catch (error) {
    return classify(error);
  }
}

function classify(error: unknown): Broadcast {
  if (!(error instanceof BaseError)) return { result: 'unknown' };
  const { details } = error;
  if (alreadyKnown.test(details)) return { result: 'sent' };
  if (underpriced.test(details))
    return { result: 'refused', reason: 'Another transaction with this nonce waits.' };
  const known = getNodeError(error, {});
  const isRefusal = refusals.some((refusal) => known instanceof refusal);
  return isRefusal ? { result: 'refused', reason: known.shortMessage } : { result: 'unknown' };
}
