import { invalid } from '../refusals.ts';

/** The amount, if the token can count it; throws ValidationError else. */
export function requireUint256(units: bigint): bigint {
  if (units < 2n ** 256n) return units;
  throw invalid('amountUsdc', 'is more than the token can count');
}

/** The amount, if it is one; throws ValidationError for zero. */
export function requireSome(units: bigint): bigint {
  if (units > 0n) return requireUint256(units);
  throw invalid('amountUsdc', 'must be more than zero');
}
