import { agenticCommerceAbi } from '@bonafide/contracts';
import type { Hex } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import { formatUsdc } from '../../models/money.ts';
import type { withdrawPayouts as operation } from '../../operations/wallets/withdraw.ts';
import { type Chain, openChain } from '../chain.ts';
import { requireWallet } from '../context.ts';
import { reading } from '../reading.ts';
import { transact } from '../transact.ts';

type Output = z.output<(typeof operation)['output']>;

/** wallets.withdraw: what the token refused to deliver earlier, from each contract that kept some. */
export async function withdrawPayouts(context: LocalContext): Promise<Output> {
  const { address: account } = requireWallet(context);
  const chain = await openChain(context);
  const { agenticCommerce, court, disputes } = chain.deployment;
  const transactionHashes: Hex[] = [];
  let units = 0n;
  for (const contract of [agenticCommerce, court, disputes]) {
    const waiting = await readWaiting(chain, { contract, account });
    if (waiting === 0n) continue;
    // Each contract has the same `withdraw`, of IPayouts.
    const call = { address: contract, abi: agenticCommerceAbi, functionName: 'withdraw', args: [] } as const;
    transactionHashes.push((await transact(context, call)).transactionHash);
    units += waiting;
  }
  return { amountUsdc: formatUsdc(units), transactionHashes };
}

function readWaiting(
  { node }: Chain,
  { contract, account }: { readonly contract: Hex; readonly account: Hex },
): Promise<bigint> {
  const request = { address: contract, abi: agenticCommerceAbi, functionName: 'withdrawable' } as const;
  return reading('what waits for the wallet', () => node.readContract({ ...request, args: [account] }));
}
