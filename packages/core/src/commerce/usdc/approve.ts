import { testUsdcAbi } from '@bonafide/contracts';
import type { Hex } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import { parseUsdc } from '../../models/money.ts';
import type { approveUsdc as operation } from '../../operations/usdc/approve.ts';
import { type Chain, openChain } from '../chain.ts';
import { requireWallet } from '../context.ts';
import { guardPayment } from '../guard.ts';
import { transact } from '../transact.ts';
import { requireUint256 } from './amounts.ts';
import { readAllowance } from './token.ts';

type Input = z.output<(typeof operation)['input']>;
type Output = z.output<(typeof operation)['output']>;

/** usdc.approve: what one contract of the protocol may take; counts as spent, because it then can be. */
export async function approveUsdc(context: LocalContext, { spender, amountUsdc }: Input): Promise<Output> {
  const units = requireUint256(parseUsdc(amountUsdc));
  const chain = await openChain(context);
  const transactionHash = await allow(context, { chain, spender: chain.deployment[spender], units });
  return { amountUsdc, ...(transactionHash && { transactionHash }) };
}

/** Sets an allowance unless it is that already. */
export async function allow(
  context: LocalContext,
  allowance: { readonly chain: Chain; readonly spender: Hex; readonly units: bigint },
): Promise<Hex | undefined> {
  const { chain, spender, units } = allowance;
  const { address } = requireWallet(context);
  if ((await readAllowance(chain, { owner: address, spender })) === units) return undefined;
  if (units > 0n) {
    // What an earlier allowance let out may be gone already, so each counts for itself.
    const purpose = `allowance ${crypto.randomUUID()}`;
    await guardPayment(context, { wallet: address, to: spender, units, purpose });
  }
  const { transactionHash } = await transact(context, {
    address: chain.deployment.usdc,
    abi: testUsdcAbi,
    functionName: 'approve',
    args: [spender, units],
  });
  return transactionHash;
}
