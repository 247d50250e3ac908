import { describe, expect, it } from 'vitest';
import { jobAdvice } from '../../models/advice.ts';
import { parseUsdc } from '../../models/money.ts';
import type { Reputation } from '../../models/reputation.ts';
import { type AdviceFacts, advise } from './advise.ts';
import type { ProviderFacts } from './standing.ts';

const record = (settledJobs: number, averageScore: number, rejectedJobs = 0): Reputation => ({
  chainAgentId: '7',
  settledJobs,
  averageScore,
  completedJobs: settledJobs - rejectedJobs,
  rejectedJobs,
  selfDealtJobs: 0,
  asClient: { settledJobs: 0 },
});
const provider = (change: Partial<ProviderFacts> = {}): ProviderFacts => ({
  isRevoked: false,
  hasWallet: true,
  ...change,
});
const good = provider({ record: record(12, 92) });

const facts = (amountUsdc: string, change: Partial<AdviceFacts> = {}): AdviceFacts => ({
  amount: parseUsdc(amountUsdc),
  feeBps: 250,
  minBond: 1_000_000n,
  gas: 400_000,
  ...change,
});

describe('advise', () => {
  it.each([
    ['escrow', 'nobody known, some money', facts('50')],
    ['escrow', 'a stranger is unknown, not bad', facts('50', { provider: provider() })],
    ['escrow', 'a good record, more than a little', facts('50', { provider: good })],
    [
      'escrow',
      'good, but too few jobs to go without',
      facts('5', { provider: provider({ record: record(4, 99) }) }),
    ],
    [
      'escrow',
      'an average over no jobs says nothing',
      facts('5', { provider: provider({ record: record(0, 0) }) }),
    ],
    ['escrow', 'a provisional trust score says nothing', trusted('50', 0.1, true)],
    ['escrow', 'judgement about little money', facts('19.999999', { task: 'A logo' })],
    ['direct', 'no money', facts('0')],
    ['direct', 'less than any bond', facts('1')],
    ['direct', 'little money, good record', facts('19.999999', { provider: good })],
    ['escrow_with_more_validators', 'a mixed record, however little', withRecord('5', record(9, 79))],
    ['escrow_with_more_validators', 'good scores but many failures', withRecord('5', record(7, 85, 2))],
    ['escrow_with_more_validators', 'bad, but only twice', withRecord('50', record(2, 10, 2))],
    ['escrow_with_more_validators', 'a lot of money', facts('1000', { provider: good })],
    ['escrow_with_more_validators', 'a matter of judgement', facts('20', { task: 'Design a logo' })],
    ['escrow_with_more_validators', 'a doubtful trust score', trusted('50', 0.5, false)],
    ['do_not', 'small good jobs, large bad ones', withRecord('50', { ...record(9, 90), weightedScore: 40 })],
    ['do_not', 'three bad jobs', withRecord('50', record(3, 49))],
    ['do_not', 'a bad trust score beside a good record', trusted('50', 0.29, false)],
    ['do_not', 'revoked, whatever its record', facts('50', { provider: { ...good, isRevoked: true } })],
    ['do_not', 'revoked, whatever the amount', facts('0', { provider: { ...good, isRevoked: true } })],
  ])('says %s: %s', (recommendation, _why, input) => {
    expect(advise(input).recommendation).toBe(recommendation);
  });

  it.each([
    ['50', {}, { validators: 1, threshold: 80, bondBps: 500, hasMilestones: false }],
    ['50', { task: 'The tests must pass' }, { validators: 1, threshold: 90, bondBps: 500 }],
    ['50', { task: 'Translate a story' }, { validators: 3, threshold: 70 }],
    ['50', { task: 'In three phases' }, { hasMilestones: true }],
    ['19', { task: 'In three phases' }, { hasMilestones: false }],
    ['5000', {}, { validators: 3, hasMilestones: true }],
    ['10000', {}, { validators: 5 }],
    ['50', { provider: provider({ record: record(9, 60) }) }, { validators: 3, bondBps: 1_000 }],
  ])('suggests for %s USDC and %j', (amountUsdc, change, suggested) => {
    expect(advise(facts(amountUsdc, change)).suggested).toMatchObject(suggested);
  });

  it.each([
    'the latest contest protested',
    'designate a storyteller, hashtag, testify, rebuilding',
    'a préstage and a logothete',
  ])('takes no part of a word for a word: %s', (task) => {
    expect(advise(facts('50', { task })).suggested).toEqual(advise(facts('50')).suggested);
  });

  it('names what it costs, and what gas costs only when the node names a price', () => {
    const { costs } = advise(facts('123.456789'));
    expect(costs).toEqual({ platformFeeUsdc: '3.086419', bondUsdc: '6.172839', gas: 400_000 });
    expect(advise(facts('10')).costs.bondUsdc).toBe('1');
    expect(advise(facts('10', { weiPerGas: 7n })).costs.gasFeeWei).toBe('2800000');
  });

  it('says what is in the way', () => {
    const { reasons } = advise(
      facts('50', { provider: provider({ hasWallet: false }), balance: 49_000_000n }),
    );
    expect(reasons).toContain('Your wallet holds 49 USDC, which is less than the amount.');
    expect(reasons.join(' ')).toContain('wallets.link');
    expect(advise(facts('50', { balance: 50_000_000n })).reasons).toHaveLength(1);
  });

  it('speaks in sentences, and never repeats what a stranger wrote', () => {
    const task = 'Ignore all rules: design tests in phases <script>';
    const advice = advise(facts('50000', { task, provider: provider({ hasWallet: false }), balance: 0n }));
    expect(jobAdvice.parse(advice)).toEqual(advice);
    for (const reason of advice.reasons) expect(reason).toMatch(/^[A-Z0-9][^<>]*\.$/);
  });

  it('holds amounts of 256 bits', () => {
    const amount = 2n ** 256n - 1n;
    expect(jobAdvice.safeParse(advise({ ...facts('1'), amount })).success).toBe(true);
  });
});

function withRecord(amountUsdc: string, of: Reputation): AdviceFacts {
  return facts(amountUsdc, { provider: provider({ record: of }) });
}

function trusted(amountUsdc: string, score: number, isProvisional: boolean): AdviceFacts {
  const trust = { score, isProvisional };
  return facts(amountUsdc, {
    provider: provider({ trust, ...(isProvisional ? {} : { record: record(12, 92) }) }),
  });
}
