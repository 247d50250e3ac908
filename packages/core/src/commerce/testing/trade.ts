import type { LocalContext } from '../../client/local-handlers.ts';
import { createSpendingMemory } from '../guard.ts';
import { jobHandlers } from '../jobs/index.ts';
import {
  type ChainClient,
  createChainClient,
  createParty,
  type Lies,
  type TestChain,
} from './chain-client.ts';

const HOUR_MS = 3_600_000;
const HOUR_SECONDS = 3_600;
const hash = (digit: string): string => `0x${digit.repeat(64)}`;

/** Three parties with wallets of their own, and a gateway that knows them as client, provider and validator. */
export interface Trade {
  readonly chain: TestChain;
  readonly gateway: ChainClient;
  readonly client: LocalContext;
  readonly provider: LocalContext;
  readonly validator: LocalContext;
}

export interface TradeOptions {
  /** What the gateway knows of agents, to be changed by the test. */
  readonly profiles?: Record<string, { wallet: string }>;
  readonly lies?: Lies;
  readonly limits?: LocalContext['limits'];
}

/** Starts a trade on a chain. */
export async function startTrade(
  chain: TestChain,
  { lies = {}, limits = {}, profiles = {} }: TradeOptions = {},
): Promise<Trade> {
  const gateway = createChainClient(chain, profiles, lies);
  const party = (options: Partial<LocalContext> = {}) =>
    createParty(chain, gateway.client, { now: () => now, spendings: createSpendingMemory(), ...options });
  const now = new Date(Number((await gateway.node.getBlock()).timestamp) * 1000);
  const [client, provider, validator] = await Promise.all([party({ limits }), party(), party()]);
  for (const [name, { wallet }] of Object.entries({ client, provider, validator }))
    profiles[name] = { wallet: wallet?.address ?? '' };
  return { chain, gateway, client, provider, validator };
}

export const inHours = (trade: Trade, hours: number): string =>
  new Date(trade.client.now().getTime() + hours * HOUR_MS).toISOString();

export const offerOf = (trade: Trade, change: object = {}) => ({
  provider: 'provider',
  validators: ['validator'],
  amountUsdc: '12.5',
  threshold: 80,
  description: 'work',
  specHash: hash('1'),
  submitBy: inHours(trade, 1),
  rules: { validationSeconds: HOUR_SECONDS, disputes: 'none' as const },
  ...change,
});

export const fundingOf = (trade: Trade, jobId: string, change: object = {}) => ({
  jobId,
  amountUsdc: '12.50',
  provider: trade.provider.wallet?.address ?? '',
  ...change,
});

export const scoreOf = (jobId: string, score: number) => ({
  jobId,
  score,
  evidenceHash: hash('3'),
  evidenceUri: 'x',
});

export const delivery = { deliverable: hash('2'), deliverableUri: 'bafk' };

/** A funded job. */
export async function startJob(trade: Trade, change: object = {}): Promise<string> {
  const { jobId } = await jobHandlers['jobs.create'](trade.client, offerOf(trade, change));
  await jobHandlers['jobs.accept'](trade.provider, { jobId });
  await jobHandlers['jobs.fund'](trade.client, fundingOf(trade, jobId));
  return jobId;
}
