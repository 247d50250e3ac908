import { disputesAbi } from '@bonafide/contracts';
import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { encodeFunctionData, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalContext } from '../../client/local-handlers.ts';
import { jobHandlers } from '../jobs/index.ts';
import {
  addressOf,
  advance,
  bondOf,
  countSent,
  type DisputeTrade,
  type DisputeTradeOptions,
  HOUR,
  hash,
  seatArbitrators,
  startDelivered,
  startDisputed,
  startDisputeTrade,
  startFailed,
} from '../testing/dispute-trade.ts';
import { sendAs } from '../testing/send-as.ts';
import { usdcHandlers } from '../usdc/index.ts';
import { disputeHandlers } from './index.ts';

let chain: LocalChain;
beforeAll(async () => {
  chain = await startLocalChain();
}, 60_000);
afterAll(() => chain[Symbol.asyncDispose]());

const start = (options?: DisputeTradeOptions): Promise<DisputeTrade> => startDisputeTrade(chain, options);
const evidence = { evidenceHash: hash('8'), evidenceUri: 'bafk' };
const score = { score: 90, ...evidence };
const ruling = { percent: 50, rationaleHash: hash('7'), rationaleUri: 'bafk' };
const tier = { disputes: { revalidators: ['revalidator'] } };

/** Counts what the wallet of a party signs. */
function watched(party: LocalContext): { party: LocalContext; signed: () => number } {
  let count = 0;
  const wallet = {
    ...party.wallet,
    signTypedData: (data: never) => {
      count++;
      return (party.wallet as { signTypedData(data: never): Promise<Hex> }).signTypedData(data);
    },
  };
  return { party: { ...party, wallet: wallet as never }, signed: () => count };
}

/** Refused before anything is signed or sent. */
async function expectNothingDone(
  trade: DisputeTrade,
  { by, run, refusal }: { by: LocalContext; run: (by: LocalContext) => Promise<unknown>; refusal: object },
): Promise<void> {
  const { party, signed } = watched(by);
  const sent = countSent(trade);
  await expect(run(party)).rejects.toMatchObject(refusal);
  expect({ sent: countSent(trade) - sent, signed: signed() }).toEqual({ sent: 0, signed: 0 });
}

const because = (reason: string) => ({ code: 'CONFLICT', details: { reason } });

describe('opening a dispute', () => {
  it.each([
    ['the client, who gets everything', 'client', {}, { code: 'CONFLICT' }],
    ['a stranger', 'stranger', {}, because('SIGNER')],
    ['the validator', 'validator', {}, because('SIGNER')],
    ['somebody with another bond in mind', 'provider', { bondUsdc: '5.000001' }, because('BOND')],
    ['somebody with a smaller bond in mind', 'provider', { bondUsdc: '4.999999' }, because('BOND')],
    ['evidence that is no hash', 'provider', { evidenceHash: '0x12' }, { code: 'VALIDATION_FAILED' }],
  ] as const)('refuses %s', async (_who, name, change, refusal) => {
    const trade = await start();
    const jobId = await startFailed(trade);
    const run = (by: LocalContext) => disputeHandlers['disputes.open'](by, bondOf(jobId, change));
    await expectNothingDone(trade, { by: trade[name], run, refusal });
  });

  it('refuses a job that there is not', async () => {
    const trade = await start();
    const run = (by: LocalContext) => disputeHandlers['disputes.open'](by, bondOf('99999'));
    await expectNothingDone(trade, { by: trade.provider, run, refusal: { code: 'NOT_FOUND' } });
  });

  it('refuses once the window has passed', async () => {
    const trade = await start();
    const jobId = await startFailed(trade);
    await advance(trade, HOUR);
    const run = (by: LocalContext) => disputeHandlers['disputes.open'](by, bondOf(jobId));
    await expectNothingDone(trade, { by: trade.provider, run, refusal: because('OVER') });
  });

  it('refuses where the terms have no disputes, and where a job has ended', async () => {
    const trade = await start();
    const silent = await startDelivered(trade, { disputes: 'none' });
    await advance(trade, HOUR);
    const run = (jobId: string) => (by: LocalContext) => disputeHandlers['disputes.open'](by, bondOf(jobId));
    await expectNothingDone(trade, { by: trade.provider, run: run(silent), refusal: because('TERMS') });
    const failed = await startFailed(trade, { disputes: 'none' });
    await expectNothingDone(trade, { by: trade.provider, run: run(failed), refusal: { code: 'CONFLICT' } });
  });

  it('refuses terms that are not those of the court', async () => {
    let lying = false;
    const trade = await start({
      lies: { terms: (terms) => (lying ? { ...terms, rules: { ...terms.rules, threshold: 1 } } : terms) },
    });
    const jobId = await startFailed(trade);
    lying = true;
    const run = (by: LocalContext) => disputeHandlers['disputes.open'](by, bondOf(jobId));
    await expectNothingDone(trade, { by: trade.provider, run, refusal: because('TERMS') });
  });

  it('refuses a bond above the limits of the wallet, or more than it holds', async () => {
    const trade = await start({ limits: { provider: { perJobUsdc: '4.99' } } });
    const jobId = await startFailed(trade);
    const run = (by: LocalContext) => disputeHandlers['disputes.open'](by, bondOf(jobId));
    await expectNothingDone(trade, { by: trade.provider, run, refusal: { code: 'LIMIT_EXCEEDED' } });

    const poor = await start();
    const job = await startFailed(poor);
    const to = addressOf(poor.stranger);
    await usdcHandlers['usdc.transfer'](poor.provider, { to, amountUsdc: '995.000001' });
    await expectNothingDone(poor, {
      by: poor.provider,
      run: (by) => disputeHandlers['disputes.open'](by, bondOf(job)),
      refusal: because('INSUFFICIENT_USDC'),
    });
  });

  it('is done once, whoever asks again', async () => {
    const trade = await start();
    const jobId = await startDisputed(trade);
    const run = (by: LocalContext) => disputeHandlers['disputes.open'](by, bondOf(jobId));
    await expectNothingDone(trade, { by: trade.client, run, refusal: because('STAGE') });
    const sent = countSent(trade);
    expect(await run(trade.provider)).toEqual({ jobId, stage: 'evidence', isSeeded: true });
    expect(countSent(trade)).toBe(sent);
  });
});

describe('answering and evidence', () => {
  it.each([
    ['answer', 'the opener', 'provider', { code: 'CONFLICT' }],
    ['answer', 'a stranger', 'stranger', because('SIGNER')],
    ['addEvidence', 'a stranger', 'stranger', because('SIGNER')],
    ['addEvidence', 'the validator', 'validator', because('SIGNER')],
  ] as const)('disputes.%s refuses %s', async (verb, _who, name, refusal) => {
    const trade = await start();
    const jobId = await startDisputed(trade);
    const run = (by: LocalContext) => disputeHandlers[`disputes.${verb}`](by, bondOf(jobId, evidence));
    await expectNothingDone(trade, { by: trade[name], run, refusal });
  });

  it('refuses where there is no dispute, and after the time for evidence', async () => {
    const trade = await start();
    const jobId = await startFailed(trade);
    const answer = (by: LocalContext) => disputeHandlers['disputes.answer'](by, bondOf(jobId));
    const add = (by: LocalContext) => disputeHandlers['disputes.addEvidence'](by, { jobId, ...evidence });
    await expectNothingDone(trade, { by: trade.client, run: answer, refusal: { code: 'NOT_FOUND' } });
    await disputeHandlers['disputes.open'](trade.provider, bondOf(jobId));
    await advance(trade, HOUR);
    await expectNothingDone(trade, { by: trade.client, run: answer, refusal: because('OVER') });
    await expectNothingDone(trade, { by: trade.client, run: add, refusal: because('OVER') });
  });

  it('takes the same evidence of a party once, and any of the other', async () => {
    const trade = await start();
    const jobId = await startDisputed(trade);
    const add = (by: LocalContext) => disputeHandlers['disputes.addEvidence'](by, { jobId, ...evidence });
    expect(await add(trade.client)).toMatchObject({ transactionHash: expect.anything() });
    expect(await add(trade.client)).toEqual({ jobId, stage: 'evidence' });
    expect(await add(trade.provider)).toMatchObject({ transactionHash: expect.anything() });
  });
});

describe('judging', () => {
  it('lets only named re-validators score, and only then', async () => {
    const trade = await start();
    const jobId = await startFailed(trade, tier);
    const revalidate = (by: LocalContext) => disputeHandlers['disputes.revalidate'](by, { jobId, ...score });
    await expectNothingDone(trade, {
      by: trade.revalidator,
      run: revalidate,
      refusal: { code: 'NOT_FOUND' },
    });
    await disputeHandlers['disputes.open'](trade.provider, bondOf(jobId));
    for (const by of [trade.validator, trade.provider, trade.stranger]) {
      await expectNothingDone(trade, { by, run: revalidate, refusal: because('SIGNER') });
    }
    const escalate = (by: LocalContext) => disputeHandlers['disputes.escalate'](by, { jobId });
    await expectNothingDone(trade, { by: trade.client, run: escalate, refusal: because('RUNNING') });
    await advance(trade, HOUR);
    await expectNothingDone(trade, { by: trade.revalidator, run: revalidate, refusal: because('OVER') });
  });

  it('assigns nobody early, and lets nobody else rule', async () => {
    const trade = await start();
    const seats = await seatArbitrators(trade, { count: 1 });
    const [arbitrator] = seats.values();
    const jobId = await startDisputed(trade);
    const assign = (by: LocalContext) => disputeHandlers['disputes.assignArbitrator'](by, { jobId });
    const rule = (by: LocalContext) => disputeHandlers['disputes.rule'](by, { jobId, ...ruling });
    await expectNothingDone(trade, { by: trade.stranger, run: assign, refusal: because('RUNNING') });
    if (arbitrator) {
      await expectNothingDone(trade, { by: arbitrator, run: rule, refusal: because('SIGNER') });
    }
    await advance(trade, HOUR);
    await assign(trade.stranger);
    await expectNothingDone(trade, { by: trade.client, run: rule, refusal: because('SIGNER') });
    const add = (by: LocalContext) => disputeHandlers['disputes.addEvidence'](by, { jobId, ...evidence });
    await expectNothingDone(trade, { by: trade.client, run: add, refusal: because('STAGE') });
    const answer = (by: LocalContext) => disputeHandlers['disputes.answer'](by, bondOf(jobId));
    await expectNothingDone(trade, { by: trade.client, run: answer, refusal: because('STAGE') });
  });

  it('says what the chain says while arbitration is still possible', async () => {
    const trade = await start();
    const jobId = await startDisputed(trade);
    await advance(trade, HOUR);
    const finalize = disputeHandlers['disputes.finalize'](trade.stranger, { jobId });
    await expect(finalize).rejects.toMatchObject({
      code: 'CHAIN_REVERTED',
      revert: 'ArbitratorStillPossible',
    });
  });
});

it('takes nothing for a job that the parties have ended meanwhile', async () => {
  const trade = await start();
  const { client, provider, revalidator, stranger } = trade;
  const jobId = await startFailed(trade, tier);
  await disputeHandlers['disputes.open'](provider, bondOf(jobId));
  for (const by of [client, provider])
    await jobHandlers['jobs.cancel'](by, { jobId, providerAmountUsdc: '30' });
  const refusal = because('ENDED');
  const runs: [LocalContext, (by: LocalContext) => Promise<unknown>][] = [
    [client, (by) => disputeHandlers['disputes.answer'](by, bondOf(jobId))],
    [client, (by) => disputeHandlers['disputes.addEvidence'](by, { jobId, ...evidence })],
    [revalidator, (by) => disputeHandlers['disputes.revalidate'](by, { jobId, ...score })],
    [client, (by) => disputeHandlers['disputes.escalate'](by, { jobId })],
    [stranger, (by) => disputeHandlers['disputes.assignArbitrator'](by, { jobId })],
  ];
  for (const [by, run] of runs) await expectNothingDone(trade, { by, run, refusal });
  expect(await disputeHandlers['disputes.finalize'](stranger, { jobId })).toMatchObject({ stage: 'closed' });
});

describe('the block that draws the arbitrators', () => {
  // Right after the one that opens; or before the one that records, which then reverts.
  it.each(['after the dispute is opened', 'before our own record'] as const)(
    'may be recorded by a keeper %s',
    async (moment) => {
      const trade = await start();
      const jobId = await startFailed(trade);
      const { provider } = trade;
      let isOpen = false;
      const submit = async (input: { signedTransaction: string }) => {
        if (isOpen && moment === 'before our own record') await capture(trade, jobId);
        const relayed = await provider.client.relay.submit(input);
        if (!isOpen && moment === 'after the dispute is opened') await capture(trade, jobId);
        isOpen = true;
        return relayed;
      };
      const client = { ...provider.client, relay: { ...provider.client.relay, submit } };
      const opened = await disputeHandlers['disputes.open']({ ...provider, client }, bondOf(jobId));
      expect(opened).toMatchObject({ stage: 'evidence', isSeeded: true });
    },
  );

  it('is left to keepers while no block follows, without waiting', async () => {
    const trade = await start();
    const jobId = await startFailed(trade);
    // No other transactions on this chain: the relay without blocks in between.
    const quiet = { ...trade.provider, client: trade.gateway.client };
    expect(await disputeHandlers['disputes.open'](quiet, bondOf(jobId))).toMatchObject({ isSeeded: false });
    await advance(trade, 1);
    expect(await disputeHandlers['disputes.open'](quiet, bondOf(jobId))).toEqual({
      jobId,
      stage: 'evidence',
      isSeeded: true,
    });
  });
});

async function capture({ chain: { deployment }, gateway: { node }, stranger }: DisputeTrade, jobId: string) {
  const data = encodeFunctionData({
    abi: disputesAbi,
    functionName: 'captureEntropy',
    args: [BigInt(jobId)],
  });
  await sendAs(node, { from: addressOf(stranger), to: deployment.disputes, data });
}

it('refuses agents without a wallet', async () => {
  const { client } = await start();
  const { wallet, ...walletless } = client;
  const open = disputeHandlers['disputes.open'](walletless, bondOf('1'));
  await expect(open).rejects.toMatchObject({ code: 'UNSUPPORTED' });
});
