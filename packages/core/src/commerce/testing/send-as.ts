import type { Hex, PublicClient } from 'viem';

/** Sends a transaction as any account of a local chain, without its key, and waits for its block. */
export async function sendAs(
  node: PublicClient,
  transaction: { readonly from: Hex; readonly to: Hex; readonly data: Hex; readonly gas?: Hex },
): Promise<void> {
  const call = (method: string, params: unknown[]) =>
    node.request({ method, params } as never) as Promise<Hex>;
  await call('anvil_setBalance', [transaction.from, '0x3635c9adc5dea00000']);
  await call('anvil_impersonateAccount', [transaction.from]);
  const hash = await call('eth_sendTransaction', [transaction]);
  // Its own transactions are signed with its key again.
  await call('anvil_stopImpersonatingAccount', [transaction.from]);
  const { status } = await node.waitForTransactionReceipt({ hash });
  if (status !== 'success') throw new Error(`The transaction of ${transaction.from} reverted.`);
}
