import { testUsdcAbi } from '@bonafide/contracts';
import { formatUsdc } from '@bonafide/core/models';
import type { Address } from 'viem';
import { askNode } from '../chain/failures.ts';
import type { ChainNode } from '../chain/services.ts';

/** The USDC of an address at the newest block, as a decimal string. */
export async function readUsdcBalance({ client, deployment }: ChainNode, address: string): Promise<string> {
  const units = await askNode(() =>
    client.readContract({
      address: deployment.usdc,
      abi: testUsdcAbi,
      functionName: 'balanceOf',
      args: [address as Address],
    }),
  );
  return formatUsdc(units);
}

/** How much of the owner's USDC the spender may take, as a decimal string. */
export async function readUsdcAllowance(
  { client, deployment }: ChainNode,
  { owner, spender }: { readonly owner: string; readonly spender: string },
): Promise<string> {
  const units = await askNode(() =>
    client.readContract({
      address: deployment.usdc,
      abi: testUsdcAbi,
      functionName: 'allowance',
      args: [owner as Address, spender as Address],
    }),
  );
  return formatUsdc(units);
}
