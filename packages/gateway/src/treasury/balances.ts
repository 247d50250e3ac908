import { agenticCommerceAbi, treasuryAbi } from '@bonafide/contracts';
import { formatUsdc, parseUsdc, type TreasuryBalances } from '@bonafide/core/models';
import { askNode } from '../chain/failures.ts';
import type { ChainNode } from '../chain/services.ts';
import { readUsdcBalance } from '../usdc/balance.ts';

/** What the treasury holds. */
export async function readTreasury({ client, deployment }: ChainNode): Promise<TreasuryBalances> {
  const treasury = { address: deployment.treasury, abi: treasuryAbi } as const;
  const kernel = { address: deployment.agenticCommerce, abi: agenticCommerceAbi } as const;
  const [reserve, fund, total, fundShareBps, feeBps, balance] = await askNode(() =>
    Promise.all([
      client.readContract({ ...treasury, functionName: 'reserve' }),
      client.readContract({ ...treasury, functionName: 'arbitrationFund' }),
      client.readContract({ ...treasury, functionName: 'totalReceived' }),
      client.readContract({ ...treasury, functionName: 'fundShareBps' }),
      client.readContract({ ...kernel, functionName: 'platformFeeBps' }),
      readUsdcBalance({ client, deployment }, deployment.treasury),
    ]),
  );
  const uncounted = parseUsdc(balance) - reserve - fund;
  return {
    treasury: deployment.treasury,
    reserveUsdc: formatUsdc(reserve),
    arbitrationFundUsdc: formatUsdc(fund),
    // Less than nothing only when a sync came between two of these reads.
    uncountedUsdc: formatUsdc(uncounted < 0n ? 0n : uncounted),
    totalReceivedUsdc: formatUsdc(total),
    feeBps,
    fundShareBps,
  };
}
