import { agenticCommerceAbi, disputesAbi, testUsdcAbi } from '@bonafide/contracts';
import type { z } from 'zod';
import type { LocalContext } from '../../client/local-handlers.ts';
import { BonafideError, type ErrorCode } from '../../errors.ts';
import { parseUsdc } from '../../models/money.ts';
import type { adviseJob as operation } from '../../operations/jobs/advise.ts';
import { type Chain, openChain } from '../chain.ts';
import { fromContractFailure } from '../reverts.ts';
import { type AdviceFacts, advise } from './advise.ts';
import type { ProviderFacts } from './standing.ts';

type Input = z.output<(typeof operation)['input']>;
type Output = z.output<(typeof operation)['output']>;

/** Terms, consent, payment, delivery and one passing score, as packages/contracts/snapshots has them. */
export const HAPPY_PATH_GAS = 620_000;

/** jobs.advise: collects what is known and asks `advise`. */
export async function adviseJob(context: LocalContext, input: Input): Promise<Output> {
  const chain = await openChain(context);
  const [prices, provider] = await Promise.all([
    readPrices(chain, context.wallet?.address),
    input.provider === undefined ? undefined : findProvider(context, input.provider),
  ]);
  const { task } = input;
  return advise({ amount: parseUsdc(input.amountUsdc), task, provider, gas: HAPPY_PATH_GAS, ...prices });
}

type Prices = Pick<AdviceFacts, 'feeBps' | 'minBond' | 'balance' | 'weiPerGas'>;

async function readPrices({ node, deployment }: Chain, wallet: `0x${string}` | undefined): Promise<Prices> {
  const { agenticCommerce, disputes, usdc } = deployment;
  const balanceOf = (owner: `0x${string}`) =>
    node.readContract({ address: usdc, abi: testUsdcAbi, functionName: 'balanceOf', args: [owner] });
  try {
    const [feeBps, minBond, balance, weiPerGas] = await Promise.all([
      node.readContract({
        address: agenticCommerce,
        abi: agenticCommerceAbi,
        functionName: 'platformFeeBps',
      }),
      // Nothing has no share, so what is left is the least bond.
      node.readContract({ address: disputes, abi: disputesAbi, functionName: 'bondOf', args: [0n, 100] }),
      wallet && balanceOf(wallet),
      node.getGasPrice().catch(() => undefined),
    ]);
    return { feeBps, minBond, balance, weiPerGas };
  } catch (cause) {
    throw fromContractFailure(cause, 'reading what escrow costs');
  }
}

async function findProvider(context: LocalContext, agentId: string): Promise<ProviderFacts> {
  const { client, signal } = context;
  const { status, wallet, chainAgentId } = await client.agents.get({ agentId }, { signal });
  const [record, trust] = await Promise.all([
    chainAgentId === undefined
      ? undefined
      : unlessUnknown(client.reputation.get({ chainAgentId }, { signal })),
    unlessUnknown(client.trust.get({ agentId }, { signal })),
  ]);
  return { isRevoked: status === 'revoked', hasWallet: wallet !== undefined, record, trust };
}

// What this caller may not see, or nobody has counted yet, is unknown; a gateway that fails is still an error.
const UNKNOWN: readonly ErrorCode[] = ['NOT_FOUND', 'FORBIDDEN', 'DENIED', 'UNSUPPORTED'];

async function unlessUnknown<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (BonafideError.is(error) && UNKNOWN.includes(error.code)) return undefined;
    throw error;
  }
}
