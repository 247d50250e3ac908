import { treasuryAbi } from '@bonafide/contracts';
import type { LocalContext, LocalHandlersOf } from '../../client/local-handlers.ts';
import { type Chain, openChain } from '../chain.ts';
import { reading } from '../reading.ts';
import { transact } from '../transact.ts';
import { readBalance } from '../usdc/token.ts';

export const treasuryHandlers: LocalHandlersOf<'treasury'> = { 'treasury.sync': syncTreasury };

/** treasury.sync: divides what has arrived; sends nothing when nothing has. */
async function syncTreasury(context: LocalContext): Promise<{ transactionHash?: string }> {
  const chain = await openChain(context);
  if ((await readUncounted(chain)) === 0n) return {};
  const { treasury } = chain.deployment;
  const call = { address: treasury, abi: treasuryAbi, functionName: 'sync', args: [] } as const;
  const { transactionHash } = await transact(context, call);
  return { transactionHash };
}

async function readUncounted(chain: Chain): Promise<bigint> {
  const { node, deployment } = chain;
  const treasury = { address: deployment.treasury, abi: treasuryAbi } as const;
  const [balance, reserve, fund] = await Promise.all([
    readBalance(chain, deployment.treasury),
    reading('the reserve', () => node.readContract({ ...treasury, functionName: 'reserve' })),
    reading('the arbitration fund', () =>
      node.readContract({ ...treasury, functionName: 'arbitrationFund' }),
    ),
  ]);
  return balance - reserve - fund;
}
