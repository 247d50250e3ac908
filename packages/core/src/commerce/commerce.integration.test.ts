import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalContext } from '../client/local-handlers.ts';
import { localHandlers } from './index.ts';
import { createChainClient, createParty, type Lies } from './testing/chain-client.ts';

const HOUR_MS = 3_600_000;
const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();
const hash = (digit: string): string => `0x${digit.repeat(64)}`;

let chain: LocalChain;
beforeAll(async () => {
  chain = await startLocalChain();
}, 60_000);
afterAll(() => chain[Symbol.asyncDispose]());

interface Trade {
  readonly client: LocalContext;
  readonly provider: LocalContext;
  readonly validator: LocalContext;
}

async function startTrade({
  lies = {},
  limits = {},
}: {
  lies?: Lies;
  limits?: LocalContext['limits'];
} = {}): Promise<Trade> {
  const profiles: Record<string, { wallet: string }> = {};
  const remote = createChainClient(chain, profiles, lies);
  const [client, provider, validator] = await Promise.all([
    createParty(chain, remote, { limits }),
    createParty(chain, remote),
    createParty(chain, remote),
  ]);
  for (const [name, { wallet }] of Object.entries({ provider, validator }))
    profiles[name] = { wallet: wallet?.address ?? '' };
  return { client, provider, validator };
}

const offer = (change: object = {}) => ({
  provider: 'provider',
  validator: 'validator',
  amountUsdc: '12.5',
  threshold: 80,
  description: 'work',
  specHash: hash('1'),
  submitBy: inHours(1),
  expiresAt: inHours(2),
  ...change,
});

const fundingOf = (trade: Trade, jobId: string, change: object = {}) => ({
  jobId,
  amountUsdc: '12.50',
  provider: trade.provider.wallet?.address ?? '',
  ...change,
});

describe('a job from offer to settlement', () => {
  it('pays for a passing score, and every step done twice is done once', async () => {
    const trade = await startTrade();
    const { client, provider, validator } = trade;
    const { jobId } = await localHandlers['jobs.create'](client, offer());
    await localHandlers['jobs.accept'](provider, { jobId });
    expect(await localHandlers['jobs.accept'](provider, { jobId })).toEqual({ jobId, status: 'open' });
    const funded = await localHandlers['jobs.fund'](client, fundingOf(trade, jobId));
    expect(funded).toMatchObject({ status: 'funded', transactionHash: expect.stringMatching(/^0x/) });
    expect(await localHandlers['jobs.fund'](client, fundingOf(trade, jobId))).toEqual({
      jobId,
      status: 'funded',
    });
    await localHandlers['jobs.submit'](provider, { jobId, deliverable: hash('2'), deliverableUri: 'bafk' });
    await localHandlers['jobs.validate'](validator, {
      jobId,
      score: 80,
      evidenceHash: hash('3'),
      evidenceUri: 'x',
    });
    expect(await localHandlers['jobs.settle'](provider, { jobId })).toMatchObject({ status: 'completed' });
    expect(await localHandlers['jobs.settle'](client, { jobId })).toEqual({ jobId, status: 'completed' });
  });

  it('refunds below the threshold', async () => {
    const trade = await startTrade();
    const { client, provider, validator } = trade;
    const { jobId } = await localHandlers['jobs.create'](client, offer());
    await localHandlers['jobs.accept'](provider, { jobId });
    await localHandlers['jobs.fund'](client, fundingOf(trade, jobId));
    await localHandlers['jobs.submit'](provider, { jobId, deliverable: hash('2'), deliverableUri: 'bafk' });
    await localHandlers['jobs.validate'](validator, {
      jobId,
      score: 79,
      evidenceHash: hash('3'),
      evidenceUri: 'x',
    });
    expect(await localHandlers['jobs.settle'](validator, { jobId })).toMatchObject({ status: 'rejected' });
  });

  it('keeps nonces in order when one wallet writes concurrently', async () => {
    const { client } = await startTrade();
    const created = await Promise.all(
      Array.from({ length: 8 }, () => localHandlers['jobs.create'](client, offer())),
    );
    expect(new Set(created.map(({ jobId }) => jobId)).size).toBe(8);
  });
});

describe('what the SDK refuses before it signs', () => {
  it.each([
    ['another amount', { amountUsdc: '12' }],
    ['another provider', { provider: '0x000000000000000000000000000000000000dEaD' }],
  ])('funding with %s than the job has', async (_, change) => {
    const trade = await startTrade();
    const { jobId } = await localHandlers['jobs.create'](trade.client, offer());
    await expect(
      localHandlers['jobs.fund'](trade.client, fundingOf(trade, jobId, change)),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('funding what the provider did not accept', async () => {
    const trade = await startTrade();
    const { jobId } = await localHandlers['jobs.create'](trade.client, offer());
    await expect(localHandlers['jobs.fund'](trade.client, fundingOf(trade, jobId))).rejects.toThrow(
      /not accepted/,
    );
  });

  it('accepting terms that the gateway shows otherwise than the chain holds them', async () => {
    const { client, provider } = await startTrade({ lies: { specHash: hash('9') } });
    const { jobId } = await localHandlers['jobs.create'](client, offer());
    await expect(localHandlers['jobs.accept'](provider, { jobId })).rejects.toThrow(/Nothing was signed/);
  });

  it('accepting a job of somebody else', async () => {
    const { client, validator } = await startTrade();
    const { jobId } = await localHandlers['jobs.create'](client, offer());
    await expect(localHandlers['jobs.accept'](validator, { jobId })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });

  it('spending above the limit of one job, of a day, or outside the list', async () => {
    for (const limits of [
      { perJobUsdc: '12' },
      { allowedProviders: ['0x000000000000000000000000000000000000dEaD'] },
    ]) {
      const { client } = await startTrade({ limits });
      await expect(localHandlers['jobs.create'](client, offer())).rejects.toMatchObject({
        code: 'LIMIT_EXCEEDED',
      });
    }
    const trade = await startTrade({ limits: { perDayUsdc: '20' } });
    const first = await localHandlers['jobs.create'](trade.client, offer());
    await localHandlers['jobs.accept'](trade.provider, { jobId: first.jobId });
    await localHandlers['jobs.fund'](trade.client, fundingOf(trade, first.jobId));
    await expect(localHandlers['jobs.create'](trade.client, offer())).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
    });
  });

  it.each([
    ['expiresAt', { submitBy: inHours(2), expiresAt: inHours(1) }],
    ['amountUsdc', { amountUsdc: '0' }],
  ])('an offer with a wrong %s', async (path, change) => {
    const { client } = await startTrade();
    await expect(localHandlers['jobs.create'](client, offer(change))).rejects.toMatchObject({
      issues: [{ path }],
    });
  });

  it('writing without a wallet', async () => {
    const { client } = await startTrade();
    await expect(
      localHandlers['jobs.create']({ ...client, wallet: undefined }, offer()),
    ).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });
});

describe('what the chain refuses', () => {
  it('comes back as the decoded error of the contract that refused', async () => {
    const trade = await startTrade();
    const { jobId } = await localHandlers['jobs.create'](trade.client, offer());
    await localHandlers['jobs.accept'](trade.provider, { jobId });
    await localHandlers['jobs.fund'](trade.client, fundingOf(trade, jobId));
    await expect(
      localHandlers['jobs.submit'](trade.client, { jobId, deliverable: hash('2'), deliverableUri: 'x' }),
    ).rejects.toMatchObject({ code: 'CHAIN_REVERTED', revert: 'Unauthorized' });
    await expect(localHandlers['jobs.refund'](trade.client, { jobId })).rejects.toMatchObject({
      revert: 'JobNotExpired',
    });
    await expect(localHandlers['jobs.refund'](trade.client, { jobId: '999' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('decodes an error of the hook through the kernel', async () => {
    const { client } = await startTrade();
    const late = offer({ submitBy: new Date(Date.now() - HOUR_MS).toISOString() });
    await expect(localHandlers['jobs.create'](client, late)).rejects.toMatchObject({
      revert: 'InvalidSubmitBy',
    });
  });
});

it('links a wallet by registering an identity once', async () => {
  const { provider } = await startTrade();
  const linked = await localHandlers['wallets.link'](provider, {});
  expect(linked).toMatchObject({
    wallet: provider.wallet?.address,
    chainAgentId: expect.stringMatching(/^\d+$/),
  });
});
