import { testUsdcAbi } from '@bonafide/contracts';
import { type Hex, zeroAddress } from 'viem';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import { parseUsdc } from '../../models/money.ts';
import type { transferUsdc as operation } from '../../operations/usdc/transfer.ts';
import { type Chain, openChain } from '../chain.ts';
import { requireWallet } from '../context.ts';
import { guardPayment } from '../guard.ts';
import { invalid } from '../refusals.ts';
import { isSameAddress } from '../same-address.ts';
import { transact } from '../transact.ts';
import { requireSome } from './amounts.ts';
import { requireBalance } from './token.ts';

type Input = z.output<(typeof operation)['input']>;
type Output = z.output<(typeof operation)['output']>;

/** usdc.transfer: a payment without escrow. */
export async function transferUsdc(context: LocalContext, { to, amountUsdc }: Input): Promise<Output> {
  const { address } = requireWallet(context);
  const units = requireSome(parseUsdc(amountUsdc));
  const chain = await openChain(context);
  refuseSink(chain, to);
  await requireBalance(chain, { owner: address, units });
  const purpose = `transfer ${crypto.randomUUID()}`;
  await guardPayment(context, { wallet: address, to, units, purpose });
  const { transactionHash } = await transact(context, {
    address: chain.deployment.usdc,
    abi: testUsdcAbi,
    functionName: 'transfer',
    args: [to as Hex, units],
  });
  return { transactionHash, to, amountUsdc };
}

// The treasury counts what it is sent; from anywhere else here it would never come back.
function refuseSink({ deployment }: Chain, to: string): void {
  const { agenticCommerce, court, disputes, arbitratorPool, jobTemplates } = deployment;
  const { usdc, identityRegistry, reputationRegistry } = deployment;
  const ours = [agenticCommerce, court, disputes, arbitratorPool, jobTemplates];
  const sinks = [zeroAddress, usdc, identityRegistry, reputationRegistry, ...ours];
  if (!sinks.some((each) => isSameAddress(each, to))) return;
  throw invalid('to', 'is a contract from which nobody could get the money back');
}
