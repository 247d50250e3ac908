import { identityRegistryAbi } from '@bonafide/contracts';
import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { encodeFunctionData } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalContext } from '../../client/local-handlers.ts';
import { arbitratorHandlers } from '../arbitrators/index.ts';
import { identityHandlers } from '../identities/index.ts';
import { jobHandlers } from '../jobs/index.ts';
import {
  addressOf,
  advance,
  bondOf,
  type DisputeTrade,
  HOUR,
  hash,
  seatArbitrators,
  startDelivered,
  startDisputed,
  startDisputeTrade,
  startFailed,
  unitsOf,
} from '../testing/dispute-trade.ts';
import { sendAs } from '../testing/send-as.ts';
import { usdcHandlers } from '../usdc/index.ts';
import { disputeHandlers } from './index.ts';

const UNIT = 1_000_000n;
const START = 1_000n * UNIT;
const ruling = { rationaleHash: hash('7'), rationaleUri: 'bafk' };

let chain: LocalChain;
let seats: Map<string, LocalContext>;
beforeAll(async () => {
  chain = await startLocalChain();
  seats = await seatArbitrators(await startDisputeTrade(chain), { count: 4 });
}, 60_000);
afterAll(() => chain[Symbol.asyncDispose]());

function seatOf(arbitrator: string | undefined): LocalContext {
  const context = seats.get(arbitrator?.toLowerCase() ?? '');
  if (!context) throw new Error('Nobody of ours was drawn.');
  return context;
}

/** What each party has gained or lost, in whole USDC; and that no unit is lost or left anywhere. */
async function gains(trade: DisputeTrade) {
  const { client, provider, revalidator } = trade;
  const { agenticCommerce, court, disputes } = trade.chain.deployment;
  for (const contract of [agenticCommerce, court, disputes]) {
    expect(await unitsOf(trade, contract)).toBe(0n);
  }
  const gainOf = async (party: LocalContext): Promise<number> =>
    Number((await unitsOf(trade, addressOf(party))) - START) / 1_000_000;
  const [ofClient, ofProvider, ofRevalidator] = await Promise.all(
    [client, provider, revalidator].map(gainOf),
  );
  return { client: ofClient, provider: ofProvider, revalidator: ofRevalidator };
}

describe('a dispute', () => {
  const tier = { disputes: { revalidators: ['revalidator'] } };

  it('ends with what the re-validators decided when nobody goes on', async () => {
    const trade = await startDisputeTrade(chain);
    const { client, provider, revalidator, stranger } = trade;
    const jobId = await startFailed(trade, tier);
    const opened = await disputeHandlers['disputes.open'](provider, bondOf(jobId));
    expect(opened).toMatchObject({ stage: 'revalidation', transactionHash: expect.stringMatching(/^0x/) });
    expect(await disputeHandlers['disputes.open'](provider, bondOf(jobId))).toEqual({
      jobId,
      stage: 'revalidation',
    });
    await disputeHandlers['disputes.answer'](client, bondOf(jobId, { evidenceHash: hash('5') }));
    const answeredAgain = await disputeHandlers['disputes.answer'](client, bondOf(jobId));
    expect(answeredAgain).toEqual({ jobId, stage: 'revalidation' });

    const score = { jobId, score: 80, evidenceHash: hash('6'), evidenceUri: 'bafk' };
    expect(await disputeHandlers['disputes.revalidate'](revalidator, score)).toMatchObject({
      stage: 'appealable',
    });
    expect(await disputeHandlers['disputes.revalidate'](revalidator, score)).toEqual({
      jobId,
      stage: 'appealable',
    });
    await advance(trade, HOUR);
    const closed = await disputeHandlers['disputes.finalize'](stranger, { jobId });
    expect(closed).toMatchObject({ stage: 'closed', transactionHash: expect.stringMatching(/^0x/) });
    expect(await disputeHandlers['disputes.finalize'](client, { jobId })).toEqual({ jobId, stage: 'closed' });
    // The loser's bond: a quarter to who judged, the rest to the winner.
    expect(await gains(trade)).toEqual({ client: -105, provider: 103.75, revalidator: 1.25 });
  });

  it('goes on to an arbitrator when the re-validators stay silent, whoever asks', async () => {
    const trade = await startDisputeTrade(chain);
    const { provider, stranger } = trade;
    const jobId = await startFailed(trade, tier);
    await disputeHandlers['disputes.open'](provider, bondOf(jobId));
    await advance(trade, HOUR);
    const escalated = await disputeHandlers['disputes.escalate'](stranger, { jobId });
    expect(escalated).toMatchObject({ stage: 'evidence', isSeeded: true });
    expect(await disputeHandlers['disputes.escalate'](stranger, { jobId })).toEqual({
      jobId,
      stage: 'evidence',
      isSeeded: true,
    });
    await advance(trade, HOUR);
    const { arbitrator } = await disputeHandlers['disputes.assignArbitrator'](stranger, { jobId });
    const again = await disputeHandlers['disputes.assignArbitrator'](stranger, { jobId });
    expect(again).toEqual({ jobId, stage: 'ruling', arbitrator });
    const ruled = await disputeHandlers['disputes.rule'](seatOf(arbitrator), {
      jobId,
      percent: 100,
      ...ruling,
    });
    expect(ruled).toMatchObject({ stage: 'closed' });
    const repeated = await disputeHandlers['disputes.rule'](seatOf(arbitrator), {
      jobId,
      percent: 100,
      ...ruling,
    });
    expect(repeated).toEqual({ jobId, stage: 'closed' });
    const { client } = await gains(trade);
    expect(client).toBe(-100);
  });

  it('is appealed by the side that lost by re-validation, which then pays for it', async () => {
    const trade = await startDisputeTrade(chain);
    const { client, provider, revalidator } = trade;
    const jobId = await startFailed(trade, tier);
    await disputeHandlers['disputes.open'](provider, bondOf(jobId));
    const score = { jobId, score: 100, evidenceHash: hash('6'), evidenceUri: 'bafk' };
    await disputeHandlers['disputes.revalidate'](revalidator, score);
    await expect(disputeHandlers['disputes.escalate'](provider, { jobId })).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { reason: 'SIGNER' },
    });
    await expect(disputeHandlers['disputes.escalate'](client, { jobId })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('disputes.answer'),
    });
    await disputeHandlers['disputes.answer'](client, bondOf(jobId));
    await disputeHandlers['disputes.escalate'](client, { jobId });
    await advance(trade, HOUR);
    const { arbitrator } = await disputeHandlers['disputes.assignArbitrator'](client, { jobId });
    await disputeHandlers['disputes.rule'](seatOf(arbitrator), { jobId, percent: 100, ...ruling });
    expect(await gains(trade)).toEqual({ client: -105, provider: 102.5, revalidator: 0 });
  });

  it('is split by an arbitrator, budget and bonds alike', async () => {
    const trade = await startDisputeTrade(chain);
    const { client, provider } = trade;
    const jobId = await startDisputed(trade);
    await disputeHandlers['disputes.answer'](client, bondOf(jobId));
    await advance(trade, HOUR);
    const { arbitrator } = await disputeHandlers['disputes.assignArbitrator'](provider, { jobId });
    await disputeHandlers['disputes.rule'](seatOf(arbitrator), { jobId, percent: 60, ...ruling });
    // 60 of 100, and 60 % of the 7.50 that the arbitrator left of both bonds.
    expect(await gains(trade)).toEqual({ client: -62, provider: 59.5, revalidator: 0 });
  });

  it('goes to another arbitrator when the first misses its window', async () => {
    const trade = await startDisputeTrade(chain);
    const jobId = await startDisputed(trade);
    await advance(trade, HOUR);
    const first = await disputeHandlers['disputes.assignArbitrator'](trade.stranger, { jobId });
    await advance(trade, HOUR);
    const late = disputeHandlers['disputes.rule'](seatOf(first.arbitrator), { jobId, percent: 0, ...ruling });
    await expect(late).rejects.toMatchObject({ code: 'CONFLICT', details: { reason: 'OVER' } });
    const second = await disputeHandlers['disputes.assignArbitrator'](trade.stranger, { jobId });
    expect(second.arbitrator).not.toBe(first.arbitrator);
    const replaced = disputeHandlers['disputes.rule'](seatOf(first.arbitrator), {
      jobId,
      percent: 0,
      ...ruling,
    });
    await expect(replaced).rejects.toMatchObject({ code: 'CONFLICT', details: { reason: 'SIGNER' } });
    await disputeHandlers['disputes.rule'](seatOf(second.arbitrator), { jobId, percent: 100, ...ruling });
    expect((await gains(trade)).client).toBe(-100);
    // The slashed seat is too poor now for the next test; top it up.
    await refill(first.arbitrator);
  });

  it('ends with the default share when nobody rules', async () => {
    const trade = await startDisputeTrade(chain);
    const jobId = await startDisputed(trade);
    for (let assignment = 0; assignment < 3; assignment++) {
      await advance(trade, HOUR);
      await disputeHandlers['disputes.assignArbitrator'](trade.stranger, { jobId });
      const early = disputeHandlers['disputes.finalize'](trade.stranger, { jobId });
      await expect(early).rejects.toMatchObject({ code: 'CONFLICT', details: { reason: 'RUNNING' } });
    }
    await advance(trade, HOUR);
    await disputeHandlers['disputes.finalize'](trade.stranger, { jobId });
    expect(await gains(trade)).toEqual({ client: -50, provider: 50, revalidator: 0 });
    for (const arbitrator of seats.keys()) await refill(arbitrator);
  });

  it('gives both bonds back when the parties agree meanwhile', async () => {
    const trade = await startDisputeTrade(chain);
    const { client, provider, stranger } = trade;
    const jobId = await startDisputed(trade);
    await disputeHandlers['disputes.answer'](client, bondOf(jobId));
    const early = disputeHandlers['disputes.finalize'](stranger, { jobId });
    await expect(early).rejects.toMatchObject({ code: 'CONFLICT' });
    await jobHandlers['jobs.cancel'](client, { jobId, providerAmountUsdc: '30' });
    await jobHandlers['jobs.cancel'](provider, { jobId, providerAmountUsdc: '30' });
    await disputeHandlers['disputes.finalize'](stranger, { jobId });
    expect(await gains(trade)).toEqual({ client: -30, provider: 30, revalidator: 0 });
  });

  it('gives the bond back when the job expires, which refunds the client', async () => {
    const trade = await startDisputeTrade(chain);
    const jobId = await startDisputed(trade);
    await advance(trade, 24 * HOUR);
    await jobHandlers['jobs.refund'](trade.stranger, { jobId });
    await disputeHandlers['disputes.finalize'](trade.stranger, { jobId });
    expect(await gains(trade)).toEqual({ client: 0, provider: 0, revalidator: 0 });
  });

  it('is opened, by allowance, by the wallet to which the agent of the provider is paid now', async () => {
    const trade = await startDisputeTrade(chain, { identified: ['provider'] });
    const { provider, stranger } = trade;
    const jobId = await startFailed(trade);
    // The agent is sold, and its new owner registers a wallet.
    const { client } = trade.gateway;
    const { chainAgentId = '' } = await client.agents.get({ agentId: 'provider' });
    await sell(trade, { chainAgentId, from: provider, to: stranger });
    await identityHandlers['identities.setWallet'](stranger, { chainAgentId });
    const open = () => disputeHandlers['disputes.open'](stranger, bondOf(jobId));
    await expect(open()).rejects.toMatchObject({ code: 'CONFLICT', details: { reason: 'ALLOWANCE' } });
    await usdcHandlers['usdc.approve'](stranger, { spender: 'disputes', amountUsdc: '5' });
    expect(await open()).toMatchObject({ stage: 'evidence', transactionHash: expect.any(String) });
    expect(await open()).toEqual({ jobId, stage: 'evidence', isSeeded: true });
    await advance(trade, HOUR);
    const { arbitrator } = await disputeHandlers['disputes.assignArbitrator'](stranger, { jobId });
    await disputeHandlers['disputes.rule'](seatOf(arbitrator), { jobId, percent: 100, ...ruling });
    // Budget and bond are the new owner's, but for the judge, whom nobody on the other side pays.
    expect(await gains(trade)).toEqual({ client: -100, provider: 0, revalidator: 0 });
    expect(await unitsOf(trade, addressOf(stranger))).toBe(START + 97_500_000n);
  });

  it('disputes silence, by the side that does not get everything', async () => {
    const trade = await startDisputeTrade(chain);
    const { client, provider } = trade;
    const jobId = await startDelivered(trade, { rules: { silencePercent: 100 } });
    const early = disputeHandlers['disputes.open'](client, bondOf(jobId));
    await expect(early).rejects.toMatchObject({ code: 'CONFLICT', details: { reason: 'RUNNING' } });
    await advance(trade, HOUR);
    await expect(disputeHandlers['disputes.open'](provider, bondOf(jobId))).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('nothing to dispute'),
    });
    expect(await disputeHandlers['disputes.open'](client, bondOf(jobId))).toMatchObject({
      stage: 'evidence',
      isSeeded: true,
    });
  });
});

async function sell(
  { gateway, chain: { deployment } }: DisputeTrade,
  sale: { chainAgentId: string; from: LocalContext; to: LocalContext },
): Promise<void> {
  const [from, to] = [addressOf(sale.from), addressOf(sale.to)];
  const args = [from, to, BigInt(sale.chainAgentId)] as const;
  const data = encodeFunctionData({ abi: identityRegistryAbi, functionName: 'transferFrom', args });
  await sendAs(gateway.node, { from, to: deployment.identityRegistry, data });
}

async function refill(arbitrator: string | undefined): Promise<void> {
  await arbitratorHandlers['arbitrators.stake'](seatOf(arbitrator), { amountUsdc: '100' });
}
