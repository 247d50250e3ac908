import { testUsdcAbi } from '@bonafide/contracts';
import { type Hex, numberToHex } from 'viem';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { Client } from '../../client/types.ts';
import { arbitratorHandlers } from '../arbitrators/index.ts';
import { disputeHandlers } from '../disputes/index.ts';
import { createSpendingMemory } from '../guard.ts';
import { jobHandlers } from '../jobs/index.ts';
import { linkWallet } from '../link-wallet.ts';
import {
  type ChainClient,
  createChainClient,
  createParty,
  type Lies,
  type TestChain,
} from './chain-client.ts';

export const HOUR = 3_600;
export const hash = (digit: string): string => `0x${digit.repeat(64)}`;

const names = ['client', 'provider', 'validator', 'revalidator', 'stranger'] as const;
type Name = (typeof names)[number];

/** A job of 100 USDC whose parties can go through all tiers, on a chain whose clock the test moves. */
export interface DisputeTrade extends Readonly<Record<Name, LocalContext>> {
  readonly chain: TestChain;
  readonly gateway: ChainClient;
}

export interface DisputeTradeOptions {
  readonly lies?: Lies;
  readonly limits?: Partial<Record<Name, LocalContext['limits']>>;
  /** Who has an ERC-8004 identity. */
  readonly identified?: readonly Name[];
}

export async function startDisputeTrade(
  chain: TestChain,
  { lies = {}, limits = {}, identified = [] }: DisputeTradeOptions = {},
): Promise<DisputeTrade> {
  const profiles: Record<string, { wallet: string; chainAgentId?: string }> = {};
  const gateway = createChainClient(chain, profiles, lies);
  const client = withBlocks(gateway);
  const parties = {} as Record<Name, LocalContext>;
  const start = new Date((await chainTime(gateway)) * 1000);
  for (const name of names) {
    const spendings = createSpendingMemory();
    parties[name] = await createParty(chain, client, { now: () => start, spendings, limits: limits[name] });
    const { chainAgentId } = identified.includes(name) ? await linkWallet(parties[name]) : {};
    profiles[name] = {
      wallet: addressOf(parties[name]),
      ...(chainAgentId !== undefined && { chainAgentId }),
    };
  }
  return { chain, gateway, ...parties };
}

// Others use the chain too, so that the block after a transaction comes.
function withBlocks({ client, node }: ChainClient): Client {
  const relay = {
    ...client.relay,
    submit: async (input: { signedTransaction: string }) => {
      const relayed = await client.relay.submit(input);
      await node.request({ method: 'evm_mine' } as never);
      return relayed;
    },
  };
  return { ...client, relay };
}

export const addressOf = ({ wallet }: LocalContext): Hex => {
  if (!wallet) throw new Error('This party has no wallet.');
  return wallet.address;
};

export async function chainTime({ node }: ChainClient): Promise<number> {
  return Number((await node.getBlock()).timestamp);
}

/** Moves the clock of the chain. */
export async function advance({ gateway }: DisputeTrade, seconds: number): Promise<void> {
  await gateway.node.request({ method: 'evm_increaseTime', params: [numberToHex(seconds)] } as never);
  await gateway.node.request({ method: 'evm_mine' } as never);
}

/** USDC of an account, in smallest units. */
export function unitsOf({ gateway, chain }: DisputeTrade, account: Hex): Promise<bigint> {
  const request = { address: chain.deployment.usdc, abi: testUsdcAbi, functionName: 'balanceOf' } as const;
  return gateway.node.readContract({ ...request, args: [account] });
}

/** How often somebody has had the gateway send a transaction. */
export const countSent = ({ gateway }: DisputeTrade): number => gateway.relayed.length;

const disputes = {
  windowSeconds: HOUR,
  bondBps: 500,
  evidenceSeconds: HOUR,
  rulingSeconds: HOUR,
  defaultPercent: 50,
};

/** Delivered work; `rules` and `disputes` change the usual ones. */
export async function startDelivered(
  trade: DisputeTrade,
  change: {
    readonly rules?: { readonly validatorFeeUsdc?: string; readonly silencePercent?: number };
    readonly disputes?: object | 'none';
  } = {},
): Promise<string> {
  const start = await chainTime(trade.gateway);
  const own = change.disputes === 'none' ? 'none' : { ...disputes, ...change.disputes };
  const { jobId } = await jobHandlers['jobs.create'](trade.client, {
    provider: 'provider',
    validators: ['validator'],
    amountUsdc: '100',
    threshold: 80,
    description: 'work',
    submitBy: new Date((start + HOUR) * 1000).toISOString(),
    rules: { validationSeconds: HOUR, ...change.rules, disputes: own },
  });
  await jobHandlers['jobs.accept'](trade.provider, { jobId });
  const { validatorFeeUsdc: validatorFeesUsdc } = change.rules ?? {};
  const funding = { jobId, amountUsdc: '100', provider: addressOf(trade.provider), validatorFeesUsdc };
  await jobHandlers['jobs.fund'](trade.client, funding);
  await jobHandlers['jobs.submit'](trade.provider, { jobId, deliverable: hash('2'), deliverableUri: 'bafk' });
  return jobId;
}

/** Delivered work that the validator has failed. */
export async function startFailed(
  trade: DisputeTrade,
  change: Parameters<typeof startDelivered>[1] = {},
): Promise<string> {
  const jobId = await startDelivered(trade, change);
  const score = { jobId, score: 10, evidenceHash: hash('3'), evidenceUri: 'bafk' };
  await jobHandlers['jobs.validate'](trade.validator, score);
  return jobId;
}

export const bondOf = (jobId: string, change: object = {}) => ({
  jobId,
  bondUsdc: '5',
  evidenceHash: hash('4'),
  evidenceUri: 'bafk',
  ...change,
});

/** Work that failed, whose provider has gone straight to arbitration. */
export async function startDisputed(
  trade: DisputeTrade,
  change: Parameters<typeof startDelivered>[1] = {},
): Promise<string> {
  const jobId = await startFailed(trade, change);
  await disputeHandlers['disputes.open'](trade.provider, bondOf(jobId));
  return jobId;
}

/** Seats arbitrators with this stake, by lower-case address. */
export async function seatArbitrators(
  trade: DisputeTrade,
  { count, amountUsdc = '100' }: { readonly count: number; readonly amountUsdc?: string },
): Promise<Map<string, LocalContext>> {
  const seats = new Map<string, LocalContext>();
  const { client, now } = trade.stranger;
  for (let seat = 0; seat < count; seat++) {
    const arbitrator = await createParty(trade.chain, client, { now, spendings: createSpendingMemory() });
    await arbitratorHandlers['arbitrators.stake'](arbitrator, { amountUsdc });
    seats.set(addressOf(arbitrator).toLowerCase(), arbitrator);
  }
  // A seat counts for what is escalated after it.
  await advance(trade, 1);
  return seats;
}
