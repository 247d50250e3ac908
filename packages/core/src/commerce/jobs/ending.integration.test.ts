import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addressOf,
  advance,
  chainTime,
  type DisputeTrade,
  HOUR,
  hash,
  startDelivered,
  startDisputeTrade,
  unitsOf,
} from '../testing/dispute-trade.ts';
import { jobHandlers } from './index.ts';

const USDC = 1_000_000n;
const START = 1_000n * USDC;

let chain: LocalChain;
beforeAll(async () => {
  chain = await startLocalChain();
}, 60_000);
afterAll(() => chain[Symbol.asyncDispose]());

const startTrade = () => startDisputeTrade(chain);
const scoreOf = (jobId: string, score: number) => ({
  ...{ jobId, score, evidenceHash: hash('3'), evidenceUri: 'bafk' },
});
const balances = async (trade: DisputeTrade) => ({
  client: await unitsOf(trade, addressOf(trade.client)),
  provider: await unitsOf(trade, addressOf(trade.provider)),
});

/** A job of 100 USDC that is funded and never delivered. */
async function startFunded(trade: DisputeTrade): Promise<string> {
  const now = await chainTime(trade.gateway);
  const at = (seconds: number): string => new Date((now + seconds) * 1000).toISOString();
  const { jobId } = await jobHandlers['jobs.create'](trade.client, {
    ...{ provider: 'provider', validators: ['validator'], amountUsdc: '100', threshold: 70 },
    ...{ description: 'work', specHash: hash('1'), submitBy: at(HOUR), expiresAt: at(48 * HOUR) },
    rules: { validationSeconds: HOUR, disputes: 'none' },
  });
  await jobHandlers['jobs.accept'](trade.provider, { jobId });
  await jobHandlers['jobs.fund'](trade.client, {
    ...{ jobId, amountUsdc: '100', provider: addressOf(trade.provider) },
  });
  return jobId;
}

describe('jobs.settle', () => {
  it('ends a failed job when nobody has disputed it, and not before; by anybody, once', async () => {
    const trade = await startTrade();
    const jobId = await startDelivered(trade);
    const failed = await jobHandlers['jobs.validate'](trade.validator, scoreOf(jobId, 10));
    expect(failed).toMatchObject({ status: 'submitted' });
    await expect(jobHandlers['jobs.settle'](trade.stranger, { jobId })).rejects.toMatchObject({
      code: 'CHAIN_REVERTED',
    });
    await advance(trade, HOUR + 1);
    const settled = await jobHandlers['jobs.settle'](trade.stranger, { jobId });
    expect(settled).toMatchObject({ status: 'rejected', transactionHash: expect.stringMatching(/^0x/) });
    expect(await jobHandlers['jobs.settle'](trade.client, { jobId })).toEqual({ jobId, status: 'rejected' });
    expect(await balances(trade)).toEqual({ client: START, provider: START });
  });

  it('ends a job whose validators stay silent, as its terms divide it', async () => {
    const trade = await startTrade();
    const jobId = await startDelivered(trade, { disputes: 'none' });
    await expect(jobHandlers['jobs.settle'](trade.stranger, { jobId })).rejects.toMatchObject({
      code: 'CHAIN_REVERTED',
    });
    await advance(trade, 2 * HOUR);
    const { status } = await jobHandlers['jobs.settle'](trade.provider, { jobId });
    expect(status).toMatch(/^(completed|rejected)$/);
    const { client, provider } = await balances(trade);
    expect(client + provider).toBe(2n * START);
    expect(client).toBe(status === 'rejected' ? START : START - (provider - START));
  });

  it('gives the money back when the work was not delivered in time, long before the expiry', async () => {
    const trade = await startTrade();
    const jobId = await startFunded(trade);
    await expect(jobHandlers['jobs.settle'](trade.client, { jobId })).rejects.toMatchObject({
      code: 'CHAIN_REVERTED',
    });
    await advance(trade, HOUR + 1);
    expect(await jobHandlers['jobs.settle'](trade.client, { jobId })).toMatchObject({ status: 'rejected' });
    expect(await balances(trade)).toEqual({ client: START, provider: START });
    await expect(
      jobHandlers['jobs.submit'](trade.provider, { jobId, deliverable: hash('2'), deliverableUri: 'bafk' }),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('is not for a job that is open', async () => {
    const trade = await startTrade();
    const { jobId } = await jobHandlers['jobs.create'](trade.client, {
      ...{ provider: 'provider', validators: ['validator'], amountUsdc: '1', threshold: 70 },
      ...{
        description: 'work',
        submitBy: new Date((await chainTime(trade.gateway)) * 1000 + 3_600_000).toISOString(),
      },
    });
    await expect(jobHandlers['jobs.settle'](trade.client, { jobId })).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { status: 'open' },
    });
  });
});

describe('jobs.refund', () => {
  it('returns the escrow of an expired job to its client, by anybody, once', async () => {
    const trade = await startTrade();
    const jobId = await startFunded(trade);
    await expect(jobHandlers['jobs.refund'](trade.client, { jobId })).rejects.toMatchObject({
      code: 'CHAIN_REVERTED',
    });
    await advance(trade, 49 * HOUR);
    const refunded = await jobHandlers['jobs.refund'](trade.stranger, { jobId });
    expect(refunded).toMatchObject({ status: 'expired', transactionHash: expect.stringMatching(/^0x/) });
    expect(await jobHandlers['jobs.refund'](trade.client, { jobId })).toEqual({ jobId, status: 'expired' });
    expect(await balances(trade)).toEqual({ client: START, provider: START });
  });
});

describe('two validators at the same moment', () => {
  it('both get their block, whichever of them decides', async () => {
    const trade = await startTrade();
    const now = await chainTime(trade.gateway);
    const at = (seconds: number): string => new Date((now + seconds) * 1000).toISOString();
    const { jobId } = await jobHandlers['jobs.create'](trade.client, {
      ...{ provider: 'provider', validators: ['validator', 'revalidator'] },
      ...{ amountUsdc: '100', threshold: 70, description: 'work', submitBy: at(HOUR) },
      rules: { requiredPasses: 2, validationSeconds: HOUR, disputes: 'none' },
    });
    await jobHandlers['jobs.accept'](trade.provider, { jobId });
    await jobHandlers['jobs.fund'](trade.client, {
      ...{ jobId, amountUsdc: '100', provider: addressOf(trade.provider) },
    });
    await jobHandlers['jobs.submit'](trade.provider, {
      ...{ jobId, deliverable: hash('2'), deliverableUri: 'bafk' },
    });
    // Both see a job without scores and estimate gas for a score that decides nothing; one of them decides.
    const { node } = trade.gateway;
    const mine = (on: boolean) => node.request({ method: 'evm_setAutomine', params: [on] } as never);
    await mine(false);
    const scoring = [trade.validator, trade.revalidator].map((validator) =>
      jobHandlers['jobs.validate'](validator, scoreOf(jobId, 90)),
    );
    await expect.poll(() => pendingOf(trade)).toBe(2);
    await mine(true);
    await node.request({ method: 'evm_mine' } as never);
    const statuses = (await Promise.all(scoring)).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual(['completed', 'submitted']);
    expect(await balances(trade)).toEqual({ client: START - 100n * USDC, provider: START + 100n * USDC });
  });
});

async function pendingOf({ gateway }: DisputeTrade): Promise<number> {
  const count = await gateway.node.request({
    method: 'eth_getBlockTransactionCountByNumber',
    params: ['pending'],
  } as never);
  return Number(count);
}
