import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disputeHandlers } from '../disputes/index.ts';
import {
  addressOf,
  advance,
  countSent,
  type DisputeTrade,
  HOUR,
  startDisputed,
  startDisputeTrade,
  unitsOf,
} from '../testing/dispute-trade.ts';
import { arbitratorHandlers } from './index.ts';

const { 'arbitrators.stake': stake, 'arbitrators.unstake': unstake } = arbitratorHandlers;
const DAY = 24 * HOUR;
const UNIT = 1_000_000n;

let chain: LocalChain;
beforeAll(async () => {
  chain = await startLocalChain();
}, 60_000);
afterAll(() => chain[Symbol.asyncDispose]());

const start = (limits?: object): Promise<DisputeTrade> =>
  startDisputeTrade(chain, limits ? { limits: { stranger: limits } } : {});

describe('taking a seat', () => {
  it('takes one signature, and no second stake when asked twice', async () => {
    const trade = await start();
    const address = addressOf(trade.stranger);
    const joined = await stake(trade.stranger, { amountUsdc: '150' });
    expect(joined).toEqual({
      address,
      stakeUsdc: '150',
      status: 'active',
      transactionHash: expect.stringMatching(/^0x/),
    });
    const sent = countSent(trade);
    for (const amountUsdc of ['150', '100']) {
      expect(await stake(trade.stranger, { amountUsdc })).toEqual({
        address,
        stakeUsdc: '150',
        status: 'active',
      });
    }
    expect(countSent(trade)).toBe(sent);
    expect(await unitsOf(trade, address)).toBe(850n * UNIT);
  });

  it('is raised to the amount, by an allowance that is used up', async () => {
    const trade = await start();
    await stake(trade.stranger, { amountUsdc: '100' });
    expect(await stake(trade.stranger, { amountUsdc: '130.5' })).toMatchObject({ stakeUsdc: '130.5' });
    expect(await unitsOf(trade, addressOf(trade.stranger))).toBe(869_500_000n);
  });

  it.each([
    ['less than the pool asks', '99.999999', undefined, { code: 'VALIDATION_FAILED' }],
    ['nothing', '0', undefined, { code: 'VALIDATION_FAILED' }],
    ['more than a stake can be', '79228162514264337593544', undefined, { code: 'VALIDATION_FAILED' }],
    ['more than the wallet holds', '1000.000001', undefined, { code: 'CONFLICT' }],
    ['more than the wallet may pay', '101', { perJobUsdc: '100' }, { code: 'LIMIT_EXCEEDED' }],
    ['more than it may pay in a day', '101', { perDayUsdc: '100' }, { code: 'LIMIT_EXCEEDED' }],
  ])('refuses %s', async (_what, amountUsdc, limits, refusal) => {
    const trade = await start(limits);
    await expect(stake(trade.stranger, { amountUsdc })).rejects.toMatchObject(refusal);
    expect(countSent(trade)).toBe(0);
  });
});

describe('leaving it', () => {
  it('is announced, taken back, announced and done after the notice', async () => {
    const trade = await start();
    const { stranger } = trade;
    await stake(stranger, { amountUsdc: '100' });
    const leaving = await unstake(stranger, {});
    expect(leaving).toMatchObject({ status: 'leaving', stakeUsdc: '100', leaveFrom: expect.any(String) });
    expect(await unstake(stranger, { stay: true })).toMatchObject({ status: 'active' });
    const { transactionHash: none, ...stays } = await unstake(stranger, { stay: true });
    expect({ none, status: stays.status }).toEqual({ none: undefined, status: 'active' });

    const announced = await unstake(stranger, {});
    const sent = countSent(trade);
    const waiting = await unstake(stranger, {});
    expect(waiting).toMatchObject({ status: 'leaving', leaveFrom: expect.any(String) });
    expect(await stake(stranger, { amountUsdc: '100' })).toMatchObject({ status: 'leaving' });
    expect(countSent(trade)).toBe(sent);
    const { timestamp } = await trade.gateway.node.getBlock();
    const wait = Date.parse(announced.leaveFrom ?? '') / 1000 - Number(timestamp);
    expect(wait).toBeGreaterThan(119 * DAY);
    await advance(trade, wait);
    expect(await unstake(stranger, {})).toMatchObject({ status: 'left', stakeUsdc: '0' });
    expect(await unstake(stranger, {})).toEqual({
      address: addressOf(stranger),
      status: 'left',
      stakeUsdc: '0',
    });
    expect(await unitsOf(trade, addressOf(stranger))).toBe(1_000n * UNIT);
  });

  it('waits for the disputes that the arbitrator is assigned to', async () => {
    // A chain of its own, so that nobody else can be drawn.
    await using own = await startLocalChain();
    const trade = await startDisputeTrade(own);
    const { stranger, client } = trade;
    await stake(stranger, { amountUsdc: '100' });
    await advance(trade, 1);
    const jobId = await startDisputed(trade);
    await unstake(stranger, {});
    await advance(trade, HOUR);
    await disputeHandlers['disputes.assignArbitrator'](client, { jobId });
    await advance(trade, 120 * DAY);
    await expect(unstake(stranger, {})).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { reason: 'ASSIGNED', openDisputes: 1 },
    });
  });

  it('is nothing to stay in for who has no seat', async () => {
    const { client } = await start();
    await expect(unstake(client, { stay: true })).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});
