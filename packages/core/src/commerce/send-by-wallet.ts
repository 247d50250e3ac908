import type { Hex, ReplacementReturnType, TransactionReceipt } from 'viem';
import { BonafideError, ChainError, TimeoutError } from '../errors.ts';
import { laneOf } from './nonces.ts';
import { type Order, unknownOutcome } from './send-signed.ts';

const WAIT_MS = 120_000;

/** Has a wallet send the call that gives no signed bytes away, one at a time, and waits for its block. */
export async function sendByWallet(order: Omit<Order, 'terms'>): Promise<TransactionReceipt> {
  const { chain, account, doing } = order;
  const { chainId } = chain.deployment;
  const lane = laneOf({ chainId, address: account.address });
  const hash = await lane.turn(() => send(order));
  let replacement: ReplacementReturnType | undefined;
  const onReplaced = (seen: ReplacementReturnType): void => {
    replacement = seen;
  };
  const receipt = await chain.node
    .waitForTransactionReceipt({ hash, timeout: WAIT_MS, onReplaced })
    .catch((cause: unknown) => {
      throw unknownOutcome(hash, cause);
    });
  const details = { transactionHash: receipt.transactionHash };
  if (replacement && replacement.reason !== 'repriced') {
    const message = `${doing} was ${replacement.reason} in the wallet, so it did not happen.`;
    throw new BonafideError('CONFLICT', message, { details: { ...details, reason: 'REPLACED' } });
  }
  if (receipt.status === 'success') return receipt;
  throw new ChainError(`The block holds ${doing}, but it reverted.`, { details });
}

async function send({ chain, account, call, doing }: Omit<Order, 'terms'>): Promise<Hex> {
  if (!account.sendTransaction) throw new BonafideError('INTERNAL', 'This wallet sends no transactions.');
  try {
    return await account.sendTransaction(call, chain.deployment.chainId);
  } catch (cause) {
    if (BonafideError.is(cause)) throw cause;
    throw new TimeoutError(
      `The wallet did not say whether it sent ${doing}. Look into its history before you try again.`,
      { cause, details: { from: account.address } },
    );
  }
}
