import { testUsdcAbi } from '@bonafide/contracts';
import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { encodeFunctionData } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalContext } from '../../client/local-handlers.ts';
import { arbitratorHandlers } from '../arbitrators/index.ts';
import { disputeHandlers } from '../disputes/index.ts';
import { jobHandlers } from '../jobs/index.ts';
import {
  addressOf,
  advance,
  bondOf,
  countSent,
  type DisputeTrade,
  HOUR,
  hash,
  startDelivered,
  startDisputed,
  startDisputeTrade,
  unitsOf,
} from '../testing/dispute-trade.ts';
import { sendAs } from '../testing/send-as.ts';
import { walletHandlers } from './index.ts';

const withdraw = (party: LocalContext) => walletHandlers['wallets.withdraw'](party, {});
const UNIT = 1_000_000n;

let chain: LocalChain;
beforeAll(async () => {
  chain = await startLocalChain();
}, 60_000);
afterAll(() => chain[Symbol.asyncDispose]());

/** Has the token refuse a party, or take it back. */
async function refuse(
  { gateway: { node }, stranger }: DisputeTrade,
  { party, functionName }: { party: LocalContext; functionName: 'blacklist' | 'unBlacklist' },
): Promise<void> {
  const data = encodeFunctionData({ abi: testUsdcAbi, functionName, args: [addressOf(party)] });
  await sendAs(node, { from: addressOf(stranger), to: chain.deployment.usdc, data });
}

describe('wallets.withdraw', () => {
  it('sends nothing when nothing waits', async () => {
    const trade = await startDisputeTrade(chain);
    expect(await withdraw(trade.provider)).toEqual({ amountUsdc: '0', transactionHashes: [] });
    expect(countSent(trade)).toBe(0);
  });

  it('collects a payment that the token refused, once it no longer does', async () => {
    const trade = await startDisputeTrade(chain);
    const { provider, validator } = trade;
    const jobId = await startDelivered(trade, { rules: { validatorFeeUsdc: '2' } });
    for (const party of [provider, validator]) await refuse(trade, { party, functionName: 'blacklist' });
    const score = { jobId, score: 90, evidenceHash: hash('3'), evidenceUri: 'bafk' };
    // Nobody's refusal holds up the job.
    expect(await jobHandlers['jobs.validate'](validator, score)).toMatchObject({ status: 'completed' });
    const sent = countSent(trade);
    await expect(withdraw(provider)).rejects.toMatchObject({
      code: 'CHAIN_REVERTED',
      revert: 'BlacklistedAccount',
    });
    expect(countSent(trade)).toBe(sent);

    for (const party of [provider, validator]) await refuse(trade, { party, functionName: 'unBlacklist' });
    expect(await withdraw(provider)).toMatchObject({
      amountUsdc: '100',
      transactionHashes: [expect.any(String)],
    });
    expect(await withdraw(validator)).toMatchObject({
      amountUsdc: '2',
      transactionHashes: [expect.any(String)],
    });
    expect(await withdraw(provider)).toEqual({ amountUsdc: '0', transactionHashes: [] });
    expect(await unitsOf(trade, addressOf(provider))).toBe(1_100n * UNIT);
  });

  it('collects from the kernel and from the disputes at once', async () => {
    const trade = await startDisputeTrade(chain);
    const { client, provider, stranger } = trade;
    await arbitratorHandlers['arbitrators.stake'](stranger, { amountUsdc: '100' });
    await advance(trade, 1);
    const jobId = await startDisputed(trade);
    await disputeHandlers['disputes.answer'](client, bondOf(jobId));
    await advance(trade, HOUR);
    await disputeHandlers['disputes.assignArbitrator'](client, { jobId });
    await refuse(trade, { party: provider, functionName: 'blacklist' });
    const ruling = { jobId, percent: 100, rationaleHash: hash('7'), rationaleUri: 'bafk' };
    await disputeHandlers['disputes.rule'](stranger, ruling);
    await refuse(trade, { party: provider, functionName: 'unBlacklist' });
    const collected = await withdraw(provider);
    expect(collected.amountUsdc).toBe('107.5');
    expect(collected.transactionHashes).toHaveLength(2);
  });
});
