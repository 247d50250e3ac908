import { ValidationError } from '@bonafide/core/errors';
import { formatUsdc, type ProtocolStats, parseUsdc } from '@bonafide/core/models';
import { addFigures, noFigures } from '../chain/folds/day.ts';
import type { DayFigures } from '../stores/chain.ts';
import type { Reads } from '../stores/store.ts';
import { DAY_MS } from '../time.ts';

const DEFAULT_DAYS = 30;
/** More than a year, so that a year can be compared with the one before. */
const MAX_DAYS = 800;

interface Period {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Everything since the first block, and the days of a period on which anything happened. */
export function readStats(read: Reads, period: Period & { readonly nowMs: number }): ProtocolStats {
  const all = read.days.list({});
  const total = all.reduce((sum, { figures }) => addFigures(sum, figures), noFigures);
  const { from, to } = boundsOf(period);
  const stakes = read.arbitrators.listStakes();
  return {
    ...present(total),
    templates: read.templates.getCount(),
    arbitrators: stakes.length,
    stakedUsdc: formatUsdc(stakes.reduce((sum, stake) => sum + parseUsdc(stake), 0n)),
    days: all
      .filter(({ day }) => day >= from && day <= to)
      .map(({ day, figures }) => ({ date: day, ...present(figures) })),
  };
}

function boundsOf({ from, to, nowMs }: Period & { readonly nowMs: number }): {
  readonly from: string;
  readonly to: string;
} {
  const last = to ?? dayOf(from === undefined ? nowMs : Math.max(nowMs, Date.parse(from)));
  const first = from ?? dayOf(Date.parse(last) - (DEFAULT_DAYS - 1) * DAY_MS);
  if (first > last) throw invalid('from', 'must not be after `to`');
  if (Date.parse(last) - Date.parse(first) > MAX_DAYS * DAY_MS)
    throw invalid('from', `must be at most ${MAX_DAYS} days before \`to\``);
  return { from: first, to: last };
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function present({ fundedUnits, paidUnits, refundedUnits, feesUnits, ...counts }: DayFigures) {
  const [fundedUsdc, paidUsdc] = [toUsdc(fundedUnits), toUsdc(paidUnits)];
  return {
    ...counts,
    fundedUsdc,
    paidUsdc,
    refundedUsdc: toUsdc(refundedUnits),
    feesUsdc: toUsdc(feesUnits),
  };
}

function toUsdc(units: string): string {
  return formatUsdc(BigInt(units));
}

function invalid(path: string, message: string): ValidationError {
  return new ValidationError(`${path} ${message}`, { issues: [{ path, message }] });
}
