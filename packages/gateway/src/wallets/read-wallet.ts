import { agenticCommerceAbi } from '@bonafide/contracts';
import { BonafideError } from '@bonafide/core/errors';
import { formatUsdc } from '@bonafide/core/models';
import type { Address } from 'viem';
import { askNode } from '../chain/failures.ts';
import type { ChainNode } from '../chain/services.ts';
import { type Context, requireChain } from '../context.ts';

/** The proven wallet of an agent whose profile the caller may see, and what waits for it in the contracts. */
export async function readWallet(context: Context, agentId: string) {
  const agent = context.read.agents.getAnywhere(agentId);
  const isVisible = agent?.workspace === context.workspace || (agent?.isListed && agent.status === 'active');
  if (!agent || !isVisible)
    throw new BonafideError('NOT_FOUND', 'There is no such agent, or it is not listed.');
  const { wallet, chainAgentId } = agent;
  if (wallet === undefined) {
    throw new BonafideError('NOT_FOUND', 'This agent has not proven a wallet; wallets.link does that.');
  }
  const waitingUsdc = await readWaiting(requireChain(context).node, wallet);
  return { agentId, wallet, ...(chainAgentId !== undefined && { chainAgentId }), waitingUsdc };
}

/** Payouts that the token refused wait in the contract that made them. */
async function readWaiting({ client, deployment }: ChainNode, wallet: string): Promise<string> {
  const holders = [deployment.agenticCommerce, deployment.court, deployment.disputes];
  const args = [wallet as Address] as const;
  const waiting = await askNode(() =>
    Promise.all(
      holders.map((address) =>
        client.readContract({ address, abi: agenticCommerceAbi, functionName: 'withdrawable', args }),
      ),
    ),
  );
  return formatUsdc(waiting.reduce((sum, units) => sum + units, 0n));
}
