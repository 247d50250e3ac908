import { ValidationError } from '../errors.ts';
import { amountUsdc } from './common.ts';

const DECIMALS = 6;

/** Smallest units (1 USDC = 1,000,000) of a decimal string; throws ValidationError on anything but digits[.digits]. */
export function parseUsdc(text: string): bigint {
  if (!amountUsdc.safeParse(text).success) {
    const message = `'${text}' is no USDC amount; write digits with at most six decimals, such as 12.50.`;
    throw new ValidationError(message, { issues: [{ path: 'amountUsdc', message }] });
  }
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(DECIMALS, '0'));
}

/** The shortest decimal string of an amount in smallest units, zero or more. */
export function formatUsdc(units: bigint): string {
  const digits = units.toString().padStart(DECIMALS + 1, '0');
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '');
  const whole = digits.slice(0, -DECIMALS);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
