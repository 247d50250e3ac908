import type { JobAdvice } from '../../models/advice.ts';
import { formatUsdc } from '../../models/money.ts';
import { type ProviderFacts, type Standing, standingOf } from './standing.ts';
import { signalsOf, type TaskSignals } from './task-signals.ts';

/** All that advice rests on; what is absent is unknown. Amounts in smallest units. */
export interface AdviceFacts {
  readonly amount: bigint;
  readonly task?: string | undefined;
  readonly provider?: ProviderFacts | undefined;
  /** What the platform takes of a completed job, in basis points. */
  readonly feeBps: number;
  /** The least that a bond is, however small the job. */
  readonly minBond: bigint;
  /** USDC of the caller's wallet. */
  readonly balance?: bigint | undefined;
  /** Gas of the whole happy path, both sides together. */
  readonly gas: number;
  readonly weiPerGas?: bigint | undefined;
}

const USDC = 1_000_000n;
const SMALL = 20n * USDC;
const LARGE = 1_000n * USDC;
const HUGE = 10_000n * USDC;
const STAGED_FROM = 5_000n * USDC;

type Recommendation = JobAdvice['recommendation'];

interface Case extends AdviceFacts {
  readonly standing: Standing;
  readonly signals: TaskSignals;
}

/** Whether this work should be escrowed and how; the same facts always give the same advice. */
export function advise(facts: AdviceFacts): JobAdvice {
  const signals = signalsOf(facts.task ?? '');
  const all = { ...facts, standing: standingOf(facts.provider), signals };
  const [recommendation, why] = recommend(all);
  const suggested = suggest(all, recommendation);
  return {
    recommendation,
    reasons: [why, ...remarks(all)],
    costs: costsOf(facts, suggested.bondBps),
    suggested,
  };
}

function recommend({ amount, minBond, standing, signals }: Case): [Recommendation, string] {
  const { level, reason } = standing;
  if (level === 'bad') return ['do_not', reason];
  if (amount === 0n) return ['direct', 'Nothing is paid, so there is nothing to hold in escrow.'];
  if (amount <= minBond) {
    return ['direct', `A dispute would lock ${formatUsdc(minBond)} USDC, no less than what is at stake.`];
  }
  if (level === 'good' && amount < SMALL) {
    return ['direct', `${reason} The amount is small.`];
  }
  if (amount >= LARGE) {
    return ['escrow_with_more_validators', `So much money should not hang on one validator. ${reason}`];
  }
  if (level === 'mixed') return ['escrow_with_more_validators', reason];
  if (signals.isJudged && amount >= SMALL) {
    const why = 'The work is a matter of judgement, which several validators even out.';
    return ['escrow_with_more_validators', `${why} ${reason}`];
  }
  return ['escrow', `Neither side has to trust the other. ${reason}`];
}

function* remarks({ amount, balance, provider, signals }: Case): Generator<string> {
  if (signals.isCheckable)
    yield 'A validator can check the result by running it, so a high threshold is fair.';
  if (hasMilestones(amount, signals)) {
    yield 'Milestones limit what a dispute can hold up: each is a job of its own.';
  }
  if (provider && !provider.isRevoked && !provider.hasWallet) {
    yield 'The provider has no proven wallet yet; it must call wallets.link before jobs.create.';
  }
  if (balance !== undefined && balance < amount) {
    yield `Your wallet holds ${formatUsdc(balance)} USDC, which is less than the amount.`;
  }
}

function suggest(
  { amount, standing, signals }: Case,
  recommendation: Recommendation,
): JobAdvice['suggested'] {
  const isMore = recommendation === 'escrow_with_more_validators';
  return {
    validators: amount >= HUGE ? 5 : isMore ? 3 : 1,
    threshold: signals.isJudged ? 70 : signals.isCheckable ? 90 : 80,
    bondBps: standing.level === 'mixed' || standing.level === 'bad' ? 1_000 : 500,
    hasMilestones: hasMilestones(amount, signals),
  };
}

const hasMilestones = (amount: bigint, { isStaged }: TaskSignals): boolean =>
  amount >= STAGED_FROM || (isStaged && amount >= SMALL);

function costsOf(
  { amount, feeBps, minBond, gas, weiPerGas }: AdviceFacts,
  bondBps: number,
): JobAdvice['costs'] {
  const share = (amount * BigInt(bondBps)) / 10_000n;
  return {
    platformFeeUsdc: formatUsdc((amount * BigInt(feeBps)) / 10_000n),
    bondUsdc: formatUsdc(share > minBond ? share : minBond),
    gas,
    ...(weiPerGas !== undefined && { gasFeeWei: String(weiPerGas * BigInt(gas)) }),
  };
}
