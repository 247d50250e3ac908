import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { createTestClient, http } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lies } from '../testing/chain-client.ts';
import {
  delivery,
  fundingOf,
  inHours,
  offerOf,
  scoreOf,
  startJob,
  startTrade as startTradeOn,
  type Trade,
  type TradeOptions,
} from '../testing/trade.ts';
import { jobHandlers } from './index.ts';

const HOUR_MS = 3_600_000;
const STRANGER = '0x000000000000000000000000000000000000dEaD';
const hash = (digit: string): string => `0x${digit.repeat(64)}`;

let chain: LocalChain;
beforeAll(async () => {
  chain = await startLocalChain();
}, 60_000);
afterAll(() => chain[Symbol.asyncDispose]());

const startTrade = (options?: TradeOptions): Promise<Trade> => startTradeOn(chain, options);

describe('what the SDK refuses before it signs', () => {
  it.each([
    ['another amount', { amountUsdc: '12' }],
    ['another provider', { provider: STRANGER }],
  ])('funding with %s than the job has', async (_, change) => {
    const trade = await startTrade();
    const { jobId } = await jobHandlers['jobs.create'](trade.client, offerOf(trade));
    await expect(
      jobHandlers['jobs.fund'](trade.client, fundingOf(trade, jobId, change)),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('funding what the provider did not accept', async () => {
    const trade = await startTrade();
    const { jobId } = await jobHandlers['jobs.create'](trade.client, offerOf(trade));
    await expect(jobHandlers['jobs.fund'](trade.client, fundingOf(trade, jobId))).rejects.toThrow(
      /not accepted/,
    );
  });

  it('terms that the gateway shows otherwise than the chain holds them, in every step that needs them', async () => {
    let isLying = false;
    const lies: Lies = { terms: (terms) => (isLying ? { ...terms, specHash: hash('9') } : terms) };
    const trade = await startTrade({ lies });
    const { jobId } = await jobHandlers['jobs.create'](trade.client, offerOf(trade));
    isLying = true;
    const refused = { code: 'CONFLICT', details: { reason: 'TERMS' } };
    await expect(jobHandlers['jobs.accept'](trade.provider, { jobId })).rejects.toMatchObject(refused);
    isLying = false;
    await jobHandlers['jobs.accept'](trade.provider, { jobId });
    await jobHandlers['jobs.fund'](trade.client, fundingOf(trade, jobId));
    await jobHandlers['jobs.submit'](trade.provider, { jobId, ...delivery });
    isLying = true;
    const relayedBefore = trade.gateway.relayed.length;
    await expect(jobHandlers['jobs.validate'](trade.validator, scoreOf(jobId, 90))).rejects.toMatchObject(
      refused,
    );
    await expect(jobHandlers['jobs.settle'](trade.client, { jobId })).rejects.toMatchObject(refused);
    expect(trade.gateway.relayed).toHaveLength(relayedBefore);
  });

  it('accepting or funding a job of somebody else', async () => {
    const trade = await startTrade();
    const { jobId } = await jobHandlers['jobs.create'](trade.client, offerOf(trade));
    const refused = { code: 'CONFLICT', details: { reason: 'SIGNER' } };
    await expect(jobHandlers['jobs.accept'](trade.validator, { jobId })).rejects.toMatchObject(refused);
    await jobHandlers['jobs.accept'](trade.provider, { jobId });
    await expect(jobHandlers['jobs.fund'](trade.validator, fundingOf(trade, jobId))).rejects.toMatchObject(
      refused,
    );
  });

  it('spending above the limit of one job, of a day, or outside the list', async () => {
    for (const limits of [{ perJobUsdc: '12' }, { allowedProviders: [STRANGER] }]) {
      const trade = await startTrade({ limits });
      await expect(jobHandlers['jobs.create'](trade.client, offerOf(trade))).rejects.toMatchObject({
        code: 'LIMIT_EXCEEDED',
      });
    }
    const trade = await startTrade({ limits: { perDayUsdc: '20' } });
    await startJob(trade);
    await expect(startJob(trade)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  it('what the wallet cannot pay: USDC or gas', async () => {
    const trade = await startTrade();
    const { jobId } = await jobHandlers['jobs.create'](
      trade.client,
      offerOf(trade, { amountUsdc: '1000.5' }),
    );
    await jobHandlers['jobs.accept'](trade.provider, { jobId });
    await expect(
      jobHandlers['jobs.fund'](trade.client, fundingOf(trade, jobId, { amountUsdc: '1000.5' })),
    ).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { reason: 'INSUFFICIENT_USDC', missingUsdc: '0.5' },
    });
    const anvil = createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) });
    await anvil.setBalance({ address: trade.client.wallet?.address ?? '0x', value: 1_000n });
    await expect(jobHandlers['jobs.create'](trade.client, offerOf(trade))).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { reason: 'INSUFFICIENT_GAS_MONEY', missingWei: expect.stringMatching(/^[1-9]\d*$/) },
    });
  });

  it.each([
    ['amountUsdc', { amountUsdc: '0' }],
    ['validators', { validators: undefined }],
    ['threshold', { threshold: undefined }],
    ['templateId', { templateId: 1 }],
    ['rules.validators', { validators: ['provider'] }],
    ['rules.requiredPasses', { rules: { requiredPasses: 2 } }],
  ])('an offer with a wrong %s', async (path, change) => {
    const trade = await startTrade();
    await expect(jobHandlers['jobs.create'](trade.client, offerOf(trade, change))).rejects.toMatchObject({
      issues: [{ path }],
    });
  });

  it('deadlines that are past or leave no time to judge, and says the earliest possible', async () => {
    const trade = await startTrade();
    const past = offerOf(trade, { submitBy: inHours(trade, -1) });
    await expect(jobHandlers['jobs.create'](trade.client, past)).rejects.toMatchObject({
      issues: [{ path: 'submitBy' }],
    });
    const early = offerOf(trade, { expiresAt: inHours(trade, 2) });
    const earliest = new Date(trade.client.now().getTime() + 2 * HOUR_MS + 600_000).toISOString();
    await expect(jobHandlers['jobs.create'](trade.client, early)).rejects.toThrow(earliest);
    await jobHandlers['jobs.create'](trade.client, offerOf(trade, { expiresAt: earliest }));
  });

  it('a node on another chain than the contracts', async () => {
    const trade = await startTrade();
    const deployment = { ...chain.deployment, chainId: 8_453 };
    const client = { ...trade.client.client };
    const elsewhere = { ...trade.client, client, chain: { deployment } };
    await expect(jobHandlers['jobs.create'](elsewhere, offerOf(trade))).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('chain 31337'),
    });
  });

  it('writing without a wallet', async () => {
    const trade = await startTrade();
    const wallet = undefined;
    await expect(
      jobHandlers['jobs.create']({ ...trade.client, wallet }, offerOf(trade)),
    ).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
  });
});

describe('what the chain refuses', () => {
  it('comes back as the decoded error of the contract that refused, with what to do', async () => {
    const trade = await startTrade();
    const jobId = await startJob(trade);
    await expect(jobHandlers['jobs.submit'](trade.client, { jobId, ...delivery })).rejects.toMatchObject({
      code: 'CHAIN_REVERTED',
      revert: 'Unauthorized',
      message: expect.stringContaining('has not the role'),
    });
    await expect(jobHandlers['jobs.refund'](trade.client, { jobId })).rejects.toMatchObject({
      revert: 'JobNotExpired',
    });
    await expect(jobHandlers['jobs.refund'](trade.client, { jobId: '999' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('decodes an error of the hook through the kernel', async () => {
    const trade = await startTrade();
    const offer = offerOf(trade, { previousJobId: '999999' });
    await expect(jobHandlers['jobs.create'](trade.client, offer)).rejects.toMatchObject({
      revert: 'InvalidMilestone',
    });
  });
});
