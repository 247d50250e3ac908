import { testUsdcAbi } from '@bonafide/contracts';
import type { Hex } from 'viem';
import { formatUsdc } from '../../models/money.ts';
import type { Chain } from '../chain.ts';
import { reading } from '../reading.ts';
import { conflict } from '../refusals.ts';

/** How much a contract may take from an account now. */
export function readAllowance(
  { node, deployment }: Chain,
  { owner, spender }: { readonly owner: Hex; readonly spender: Hex },
): Promise<bigint> {
  const request = { address: deployment.usdc, abi: testUsdcAbi, functionName: 'allowance' } as const;
  return reading('the allowance', () => node.readContract({ ...request, args: [owner, spender] }));
}

/** USDC of an account. */
export function readBalance({ node, deployment }: Chain, owner: Hex): Promise<bigint> {
  const request = { address: deployment.usdc, abi: testUsdcAbi, functionName: 'balanceOf' } as const;
  return reading('the balance', () => node.readContract({ ...request, args: [owner] }));
}

/** Throws CONFLICT that says how much is missing, before anything is signed or counted. */
export async function requireBalance(
  chain: Chain,
  { owner, units }: { readonly owner: Hex; readonly units: bigint },
): Promise<void> {
  const balance = await readBalance(chain, owner);
  if (balance >= units) return;
  const [missingUsdc, balanceUsdc] = [formatUsdc(units - balance), formatUsdc(balance)];
  const message = `The wallet ${owner} holds ${balanceUsdc} USDC; ${missingUsdc} more are needed. Nothing was signed.`;
  throw conflict(message, { reason: 'INSUFFICIENT_USDC', missingUsdc, balanceUsdc });
}
