import type { LocalContext } from '../client/local-handlers.ts';
import type { WalletLimits } from '../client/types.ts';
import { BonafideError } from '../errors.ts';
import { formatUsdc, parseUsdc } from '../models/money.ts';

const DAY_MS = 86_400_000;

interface Spending {
  readonly units: bigint;
  readonly at: number;
}

const spendings = new Map<string, Spending[]>();

export interface Payment {
  readonly wallet: string;
  readonly provider: string;
  readonly units: bigint;
}

/** Refuses a payment outside the agent's limits; throws LIMIT_EXCEEDED before anything is signed. */
export function guardPayment({ limits = {}, now }: LocalContext, payment: Payment): void {
  refuseStranger(limits, payment.provider);
  refuseAbove(limits.perJobUsdc, payment.units, 'of one job');
  refuseAbove(
    limits.perDayUsdc,
    payment.units + spentSince(payment.wallet, now().getTime() - DAY_MS),
    'of 24 hours',
  );
}

/** Counts a payment that was made towards the limit of the day. */
export function recordPayment({ now }: LocalContext, { wallet, units }: Payment): void {
  const at = now().getTime();
  const recent = (spendings.get(wallet) ?? []).filter((each) => each.at > at - DAY_MS);
  spendings.set(wallet, [...recent, { units, at }]);
}

const spentSince = (wallet: string, since: number): bigint =>
  (spendings.get(wallet) ?? []).reduce((sum, { units, at }) => (at > since ? sum + units : sum), 0n);

function refuseAbove(limitUsdc: string | undefined, units: bigint, what: string): void {
  if (limitUsdc === undefined || units <= parseUsdc(limitUsdc)) return;
  throw new BonafideError(
    'LIMIT_EXCEEDED',
    `${formatUsdc(units)} USDC is above the wallet's limit ${what}, ${limitUsdc}.`,
  );
}

function refuseStranger({ allowedProviders }: WalletLimits, provider: string): void {
  const isAllowed = (each: string): boolean => each.toLowerCase() === provider.toLowerCase();
  if (!allowedProviders || allowedProviders.some(isAllowed)) return;
  throw new BonafideError('LIMIT_EXCEEDED', `The wallet may not pay ${provider}; it is not on its list.`);
}
