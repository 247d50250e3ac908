import { formatUsdc, parseUsdc } from '../../models/money.ts';
import { conflict } from '../refusals.ts';

/**
 * Throws CONFLICT unless the caller stated what the validators get beside the budget: a template or an offer sets it, and
 * whoever approves the budget alone has not approved that.
 */
export function requireFees(units: bigint, stated = '0'): void {
  if (parseUsdc(stated) === units) return;
  const validatorFeesUsdc = formatUsdc(units);
  const message = `The validators of this job get ${validatorFeesUsdc} USDC beside its budget, not ${stated}. Nothing was signed.`;
  throw conflict(message, { reason: 'FEES', validatorFeesUsdc });
}
