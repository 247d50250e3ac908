import { type Deployment, testUsdcAbi } from '@bonafide/contracts';
import { formatUsdc } from '@bonafide/core/models';
import type { Address, PublicClient } from 'viem';
import { askNode } from '../chain/failures.ts';

/** The USDC of an address at the newest block, as a decimal string. */
export async function readUsdcBalance(
  client: PublicClient,
  { deployment, address }: { readonly deployment: Deployment; readonly address: string },
): Promise<string> {
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
