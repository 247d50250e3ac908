import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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

const HOUR_SECONDS = 3_600;
const STRANGER = '0x000000000000000000000000000000000000dEaD';

let chain: LocalChain;
beforeAll(async () => {
  chain = await startLocalChain();
}, 60_000);
afterAll(() => chain[Symbol.asyncDispose]());

const startTrade = (options?: TradeOptions): Promise<Trade> => startTradeOn(chain, options);

describe('a job from offer to settlement', () => {
  it('pays for a passing score, and every step done twice is done once', async () => {
    const trade = await startTrade();
    const { client, provider, validator } = trade;
    const { jobId } = await jobHandlers['jobs.create'](client, offerOf(trade));
    await jobHandlers['jobs.accept'](provider, { jobId });
    expect(await jobHandlers['jobs.accept'](provider, { jobId })).toEqual({ jobId, status: 'open' });
    const funded = await jobHandlers['jobs.fund'](client, fundingOf(trade, jobId));
    expect(funded).toMatchObject({ status: 'funded', transactionHash: expect.stringMatching(/^0x/) });
    expect(await jobHandlers['jobs.fund'](client, fundingOf(trade, jobId))).toEqual({
      jobId,
      status: 'funded',
    });
    await jobHandlers['jobs.submit'](provider, { jobId, ...delivery });
    const scored = await jobHandlers['jobs.validate'](validator, scoreOf(jobId, 80));
    expect(scored).toMatchObject({ status: 'completed' });
    expect(await jobHandlers['jobs.settle'](client, { jobId })).toEqual({ jobId, status: 'completed' });
  });

  it('refunds below the threshold', async () => {
    const trade = await startTrade();
    const jobId = await startJob(trade);
    await jobHandlers['jobs.submit'](trade.provider, { jobId, ...delivery });
    const scored = await jobHandlers['jobs.validate'](trade.validator, scoreOf(jobId, 79));
    expect(scored).toMatchObject({ status: 'rejected' });
  });

  it('is declined by its provider, once', async () => {
    const trade = await startTrade();
    const { jobId } = await jobHandlers['jobs.create'](trade.client, offerOf(trade));
    const declined = await jobHandlers['jobs.decline'](trade.provider, { jobId, reason: 'too early' });
    expect(declined).toMatchObject({ status: 'rejected', transactionHash: expect.anything() });
    expect(await jobHandlers['jobs.decline'](trade.provider, { jobId })).toEqual({
      jobId,
      status: 'rejected',
    });
  });

  it('fills in the rules and the earliest expiry', async () => {
    const trade = await startTrade();
    const rules = { validatorFeeUsdc: '0.25' };
    const { jobId } = await jobHandlers['jobs.create'](trade.client, offerOf(trade, { rules }));
    const { terms } = await trade.gateway.client.jobs.get({ jobId });
    const day = 86_400;
    expect(terms?.rules).toMatchObject({
      requiredPasses: 1,
      validatorFeeUsdc: '0.25',
      validationSeconds: day,
      silencePercent: 0,
      disputes: { windowSeconds: day, bondBps: 500, evidenceSeconds: 2 * day, rulingSeconds: 2 * day },
    });
    const tailMs = (day + day + 2 * day + 3 * 2 * day + HOUR_SECONDS) * 1000;
    expect(Date.parse(terms?.expiresAt ?? '') - Date.parse(terms?.submitBy ?? '')).toBe(tailMs);
    await jobHandlers['jobs.accept'](trade.provider, { jobId });
    const validatorFeesUsdc = '0.25';
    await jobHandlers['jobs.fund'](trade.client, fundingOf(trade, jobId, { validatorFeesUsdc }));
    const job = await trade.gateway.client.jobs.get({ jobId });
    expect(job).toMatchObject({ status: 1, evaluatorFee: 250_000n });
  });
});

it('terms that the client changed after they were read are not accepted', async () => {
  const trade = await startTrade();
  const { jobId } = await jobHandlers['jobs.create'](trade.client, offerOf(trade));
  const { terms } = await trade.gateway.client.jobs.get({ jobId });
  const changed = { ...terms, rules: { ...terms?.rules, threshold: 100 } };
  const wallet = { ...trade.provider.wallet, signTypedData: neverSign } as never;
  await expect(
    jobHandlers['jobs.accept']({ ...trade.provider, wallet }, { jobId, terms: changed } as never),
  ).rejects.toMatchObject({ code: 'CONFLICT', details: { reason: 'TERMS' } });
  expect(await jobHandlers['jobs.accept'](trade.provider, { jobId, terms } as never)).toMatchObject({
    jobId,
  });
});

describe('offers', () => {
  it('become jobs in one transaction, once', async () => {
    const trade = await startTrade();
    const { provider: _, description, ...terms } = offerOf(trade);
    const offer = await jobHandlers['jobs.signOffer'](trade.provider, { client: 'client', ...terms });
    const taking = { offer, amountUsdc: '12.5', provider: trade.provider.wallet?.address ?? '', description };
    const taken = await jobHandlers['jobs.takeOffer'](trade.client, taking as never);
    expect(taken).toMatchObject({ status: 'funded', transactionHash: expect.anything() });
    const again = await jobHandlers['jobs.takeOffer'](trade.client, taking as never);
    expect(again).toEqual({ jobId: taken.jobId, status: 'funded' });
    await jobHandlers['jobs.submit'](trade.provider, { jobId: taken.jobId, ...delivery });
    const scored = await jobHandlers['jobs.validate'](trade.validator, scoreOf(taken.jobId, 100));
    expect(scored).toMatchObject({ status: 'completed' });
  });

  it('end when their provider withdraws them', async () => {
    const trade = await startTrade();
    const { provider: _, description, ...terms } = offerOf(trade);
    const offer = await jobHandlers['jobs.signOffer'](trade.provider, { client: 'client', ...terms });
    const { salt } = offer.terms;
    const withdrawn = await jobHandlers['jobs.withdrawOffer'](trade.provider, { salt });
    expect(withdrawn).toMatchObject({ salt, transactionHash: expect.anything() });
    expect(await jobHandlers['jobs.withdrawOffer'](trade.provider, { salt })).toEqual({ salt });
    const taking = { offer, amountUsdc: '12.5', provider: trade.provider.wallet?.address ?? '', description };
    await expect(jobHandlers['jobs.takeOffer'](trade.client, taking as never)).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { reason: 'OFFER_USED' },
    });
  });

  it.each([
    ['other terms', { terms: { threshold: 1 } }, {}, 'SIGNATURE'],
    ['another chain', { chainId: 1 }, {}, 'CHAIN'],
    ['another court', { court: STRANGER }, {}, 'CHAIN'],
    ['another amount', {}, { amountUsdc: '12' }, 'TERMS'],
    ['another provider', {}, { provider: STRANGER }, 'TERMS'],
  ])('with %s are refused before anything is signed', async (_, change, stated, reason) => {
    const trade = await startTrade();
    const { provider: __, description, ...terms } = offerOf(trade);
    const offer = await jobHandlers['jobs.signOffer'](trade.provider, { client: 'client', ...terms });
    const isForged = 'terms' in change;
    const forged = { ...offer.terms, rules: { ...offer.terms.rules, ...(isForged && change.terms) } };
    const taking = {
      offer: { ...offer, ...change, terms: forged },
      ...{ amountUsdc: '12.5', provider: trade.provider.wallet?.address ?? '', description },
      ...stated,
    };
    const wallet = { ...trade.client.wallet, signTypedData: neverSign } as never;
    await expect(
      jobHandlers['jobs.takeOffer']({ ...trade.client, wallet }, taking as never),
    ).rejects.toMatchObject({ code: 'CONFLICT', details: { reason } });
  });
});

describe('what an offer takes', () => {
  it('from the limit of a day is counted for each provider, whatever salt it chose', async () => {
    const trade = await startTrade();
    const { provider: _, description, ...terms } = offerOf(trade);
    const salt = Array.from(crypto.getRandomValues(new Uint8Array(32)));
    const random = vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
      (array as Uint8Array).set(salt);
      return array;
    });
    const offers = [];
    for (const provider of [trade.provider, trade.validator]) {
      const validators = provider === trade.provider ? ['validator'] : ['provider'];
      const offer = await jobHandlers['jobs.signOffer'](provider, { client: 'client', ...terms, validators });
      offers.push({ offer, amountUsdc: '12.5', provider: provider.wallet?.address ?? '', description });
    }
    random.mockRestore();
    const [first, second] = offers;
    expect(first?.offer.terms.salt).toBe(second?.offer.terms.salt);
    const client = { ...trade.client, limits: { perDayUsdc: '20' } };
    await jobHandlers['jobs.takeOffer'](client, first as never);
    await expect(jobHandlers['jobs.takeOffer'](client, second as never)).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
    });
  });

  it('for its validators beside the budget is stated, or nothing is signed', async () => {
    const trade = await startTrade();
    const { provider: _, description, rules, ...terms } = offerOf(trade);
    const offer = await jobHandlers['jobs.signOffer'](trade.provider, {
      ...{ client: 'client', ...terms },
      rules: { ...rules, validatorFeeUsdc: '300' },
    });
    const taking = { offer, amountUsdc: '12.5', provider: trade.provider.wallet?.address ?? '', description };
    const wallet = { ...trade.client.wallet, signTypedData: neverSign } as never;
    for (const validatorFeesUsdc of [undefined, '0', '299.999999']) {
      const input = { ...taking, validatorFeesUsdc } as never;
      await expect(jobHandlers['jobs.takeOffer']({ ...trade.client, wallet }, input)).rejects.toMatchObject({
        code: 'CONFLICT',
        details: { reason: 'FEES', validatorFeesUsdc: '300' },
      });
    }
    const stated = { ...taking, validatorFeesUsdc: '300' } as never;
    expect(await jobHandlers['jobs.takeOffer'](trade.client, stated)).toMatchObject({ status: 'funded' });
  });
});

it('what a job takes for its validators is stated when it is funded, or nothing is signed', async () => {
  const trade = await startTrade();
  const rules = { ...offerOf(trade).rules, validatorFeeUsdc: '300' };
  const { jobId } = await jobHandlers['jobs.create'](trade.client, offerOf(trade, { rules }));
  await jobHandlers['jobs.accept'](trade.provider, { jobId });
  const wallet = { ...trade.client.wallet, signTypedData: neverSign } as never;
  await expect(
    jobHandlers['jobs.fund']({ ...trade.client, wallet }, fundingOf(trade, jobId)),
  ).rejects.toMatchObject({ code: 'CONFLICT', details: { reason: 'FEES', validatorFeesUsdc: '300' } });
  const stated = fundingOf(trade, jobId, { validatorFeesUsdc: '300' });
  expect(await jobHandlers['jobs.fund'](trade.client, stated)).toMatchObject({ status: 'funded' });
});

const neverSign = (): never => {
  throw new Error('This must not be signed.');
};

describe('what needs both parties', () => {
  it('cancels with the division that both asked for', async () => {
    const trade = await startTrade();
    const jobId = await startJob(trade);
    const division = { jobId, providerAmountUsdc: '2.5' };
    const waiting = { jobId, status: 'funded', isWaiting: true };
    expect(await jobHandlers['jobs.cancel'](trade.client, division)).toEqual(waiting);
    expect(await jobHandlers['jobs.cancel'](trade.client, division)).toEqual(waiting);
    const { items } = await trade.gateway.client.jobs.listConsents({ jobId });
    expect(items).toHaveLength(1);
    const other = { jobId, providerAmountUsdc: '12.5' };
    expect(await jobHandlers['jobs.cancel'](trade.provider, other)).toEqual(waiting);
    const done = await jobHandlers['jobs.cancel'](trade.provider, division);
    expect(done).toMatchObject({ status: 'completed', isWaiting: false, transactionHash: expect.anything() });
    expect(await jobHandlers['jobs.cancel'](trade.client, division)).toEqual({
      jobId,
      status: 'completed',
      isWaiting: false,
    });
  });

  it('refunds everything when both say so', async () => {
    const trade = await startTrade();
    const jobId = await startJob(trade);
    await jobHandlers['jobs.cancel'](trade.provider, { jobId, providerAmountUsdc: '0' });
    const done = await jobHandlers['jobs.cancel'](trade.client, { jobId, providerAmountUsdc: '0' });
    expect(done).toMatchObject({ status: 'rejected', isWaiting: false });
  });

  it('moves the deadlines, and a job with later deadlines is judged by the terms that were signed', async () => {
    const trade = await startTrade();
    const jobId = await startJob(trade);
    const change = { jobId, expiresAt: inHours(trade, 48), submitBy: inHours(trade, 24) };
    expect(await jobHandlers['jobs.extend'](trade.client, change)).toMatchObject({ isWaiting: true });
    expect(await jobHandlers['jobs.extend'](trade.provider, change)).toMatchObject({ isWaiting: false });
    expect(await jobHandlers['jobs.extend'](trade.client, change)).toMatchObject({ isWaiting: false });
    await jobHandlers['jobs.submit'](trade.provider, { jobId, ...delivery });
    const scored = await jobHandlers['jobs.validate'](trade.validator, scoreOf(jobId, 90));
    expect(scored).toMatchObject({ status: 'completed' });
  });

  it('ignores consents that the other party did not sign', async () => {
    const trade = await startTrade({
      lies: {
        consents: (items) => items.map((each) => ({ ...each, signer: trade.provider.wallet?.address ?? '' })),
      },
    });
    const jobId = await startJob(trade);
    const division = { jobId, providerAmountUsdc: '0' };
    await jobHandlers['jobs.cancel'](trade.client, division);
    // The gateway calls the client's own consent the provider's.
    expect(await jobHandlers['jobs.cancel'](trade.client, division)).toMatchObject({ isWaiting: true });
  });

  it('refuses a stranger and more than the budget', async () => {
    const trade = await startTrade();
    const jobId = await startJob(trade);
    const tooMuch = { jobId, providerAmountUsdc: '12.500001' };
    await expect(jobHandlers['jobs.cancel'](trade.client, tooMuch)).rejects.toMatchObject({
      issues: [{ path: 'providerAmountUsdc' }],
    });
    const division = { jobId, providerAmountUsdc: '1' };
    await expect(jobHandlers['jobs.cancel'](trade.validator, division)).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { reason: 'SIGNER' },
    });
  });
});
