import { readFileSync } from 'node:fs';
import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalContext } from '../../client/local-handlers.ts';
import { BonafideError, type ErrorCode } from '../../errors.ts';
import { createChainClient, createParty } from '../testing/chain-client.ts';
import { adviseJob, HAPPY_PATH_GAS } from './advise-job.ts';

const PROVIDER = '0190f3c8-1111-7000-8000-000000000001';
const TRUST = { score: 0.9, isProvisional: false };
const RECORD = { settledJobs: 10, averageScore: 95, completedJobs: 10, rejectedJobs: 0 };

let chain: LocalChain;
beforeAll(async () => {
  chain = await startLocalChain();
}, 60_000);
afterAll(() => chain[Symbol.asyncDispose]());

const refuse = (code: ErrorCode) => () => Promise.reject(new BonafideError(code, 'no'));

interface Known {
  readonly record?: () => Promise<unknown>;
  readonly trust?: () => Promise<unknown>;
  readonly profile?: object;
}

async function agentWho(known: Known = {}): Promise<LocalContext> {
  const profile = {
    wallet: '0x000000000000000000000000000000000000dEaD',
    chainAgentId: '7',
    ...known.profile,
  };
  const { client } = createChainClient(chain, { [PROVIDER]: profile as never });
  const knowing = {
    ...client,
    reputation: { get: known.record ?? (async () => RECORD) },
    trust: { get: known.trust ?? (async () => TRUST) },
  };
  return createParty(chain, knowing as never);
}

describe('jobs.advise', () => {
  it('collects what escrow costs on this chain, and what is known of the provider', async () => {
    const advice = await adviseJob(await agentWho(), { amountUsdc: '10', provider: PROVIDER });
    expect(advice).toMatchObject({
      recommendation: 'direct',
      reasons: [expect.stringContaining('10 jobs of the provider settled')],
      costs: { bondUsdc: '0.5', gas: HAPPY_PATH_GAS, gasFeeWei: expect.stringMatching(/^\d+$/) },
    });
  });

  it.each(['NOT_FOUND', 'FORBIDDEN'] as const)('takes %s for unknown, not for bad', async (code) => {
    const context = await agentWho({ record: refuse(code), trust: refuse(code) });
    const advice = await adviseJob(context, { amountUsdc: '10', provider: PROVIDER });
    expect(advice.recommendation).toBe('escrow');
    expect(advice.reasons.join(' ')).toContain('unknown, not bad');
  });

  it('does not guess when the gateway fails', async () => {
    const context = await agentWho({ record: refuse('UNAVAILABLE') });
    const advice = adviseJob(context, { amountUsdc: '10', provider: PROVIDER });
    await expect(advice).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('advises against who is revoked, and says what the wallet lacks', async () => {
    const context = await agentWho({ profile: { status: 'revoked' } });
    expect(await adviseJob(context, { amountUsdc: '2000', provider: PROVIDER })).toMatchObject({
      recommendation: 'do_not',
      reasons: expect.arrayContaining(['Your wallet holds 1000 USDC, which is less than the amount.']),
    });
  });

  it('needs neither a provider nor a wallet', async () => {
    const { wallet, ...walletless } = await agentWho();
    const advice = await adviseJob(walletless, { amountUsdc: '2000', task: 'Translate a book' });
    expect(advice).toMatchObject({
      recommendation: 'escrow_with_more_validators',
      suggested: { validators: 3, threshold: 70 },
    });
  });

  it('knows what gas was measured', () => {
    const file = new URL('../../../../contracts/snapshots/gas.json', import.meta.url);
    const measured: Record<string, string> = JSON.parse(readFileSync(file, 'utf8'));
    const steps = [
      'createJobWithBudget',
      'accept',
      'fundWithAuthorization',
      'submit',
      'validate, passes and pays',
    ];
    const gas = steps.reduce((sum, step) => sum + Number(measured[step]), 0);
    expect(Math.abs(HAPPY_PATH_GAS / gas - 1)).toBeLessThan(0.05);
  });
});
