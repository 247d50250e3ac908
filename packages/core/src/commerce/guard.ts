import { platform } from '#platform';
import type { LocalContext } from '../client/local-handlers.ts';
import type { Spending, Spendings, WalletLimits } from '../client/types.ts';
import { BonafideError } from '../errors.ts';
import { formatUsdc, parseUsdc } from '../models/money.ts';
import { openChain } from './chain.ts';
import { isSameAddress } from './same-address.ts';

const DAY_MS = 86_400_000;

/** Money that a signature can move. */
export interface Payment {
  readonly wallet: string;
  /** Who gets it in the end, or may take it. */
  readonly to: string;
  readonly units: bigint;
  /** Names the payment, such as `job 12`: signing the same one again counts once. Unique for what has no id. */
  readonly purpose: string;
}

/**
 * Refuses a payment outside the agent's limits with LIMIT_EXCEEDED, and counts it. Call it right before the signature:
 * from then on the money can move, whatever becomes of this process.
 */
export async function guardPayment(context: LocalContext, payment: Payment): Promise<void> {
  await checkPayment(context, payment);
  const { perDayUsdc } = context.limits ?? {};
  if (perDayUsdc === undefined) return;
  const { wallet, units, purpose } = payment;
  const { chainId } = (await openChain(context)).deployment;
  const spending = { key: `${chainId} ${purpose}`, units, at: context.now().getTime() };
  const spendings = context.spendings ?? (await platformSpendings());
  await spendings.add({ ...spending, wallet, since: spending.at - DAY_MS }, (recent) => {
    refuseAbove({ limitUsdc: perDayUsdc, units: sumOf([...recent, spending]), what: 'of 24 hours' });
  });
}

/** The limits that hold for each payment alone: refuses early what `guardPayment` would refuse later. */
export async function checkPayment(
  context: LocalContext,
  { to, units }: Omit<Payment, 'purpose'>,
): Promise<void> {
  const { limits = {} } = context;
  refuseAbove({ limitUsdc: limits.perJobUsdc, units, what: 'of one job' });
  refuseAbove({ limitUsdc: limits.perDayUsdc, units, what: 'of 24 hours' });
  if (limits.allowedProviders && !(await isOurs(context, to))) refuseStranger(limits.allowedProviders, to);
}

function sumOf(spendings: readonly Spending[]): bigint {
  const largest = new Map<string, bigint>();
  for (const { key, units } of spendings) {
    if (units > (largest.get(key) ?? -1n)) largest.set(key, units);
  }
  return [...largest.values()].reduce((sum, units) => sum + units, 0n);
}

function refuseAbove(asked: {
  readonly limitUsdc: WalletLimits['perDayUsdc'];
  readonly units: bigint;
  readonly what: string;
}): void {
  const { limitUsdc, units, what } = asked;
  if (limitUsdc === undefined || units <= parseUsdc(limitUsdc)) return;
  const message = `${formatUsdc(units)} USDC is above the wallet's limit ${what}, ${limitUsdc}.`;
  throw new BonafideError('LIMIT_EXCEEDED', message, {
    details: { limitUsdc, amountUsdc: formatUsdc(units) },
  });
}

async function isOurs(context: LocalContext, to: string): Promise<boolean> {
  const { agenticCommerce, court, disputes, arbitratorPool } = (await openChain(context)).deployment;
  return [agenticCommerce, court, disputes, arbitratorPool].some((each) => isSameAddress(each, to));
}

function refuseStranger(allowed: readonly string[], to: string): void {
  if (allowed.some((each) => isSameAddress(each, to))) return;
  throw new BonafideError('LIMIT_EXCEEDED', `The wallet may not pay ${to}; it is not on its list.`);
}

let shared: Promise<Spendings> | undefined;

function platformSpendings(): Promise<Spendings> {
  shared ??= platform.openSpendings?.() ?? Promise.resolve(createSpendingMemory());
  return shared;
}

/** Counts payments while the process lives, for platforms without files. */
export function createSpendingMemory(): Spendings {
  const wallets = new Map<string, readonly Spending[]>();
  return {
    async add({ wallet, since, ...spending }, check) {
      const recent = (wallets.get(wallet.toLowerCase()) ?? []).filter(({ at }) => at > since);
      check(recent);
      wallets.set(wallet.toLowerCase(), [...recent, spending]);
    },
  };
}
