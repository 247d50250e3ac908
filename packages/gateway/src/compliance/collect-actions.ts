import type { AuditEntry, ComplianceReport } from '@bonafide/core/models';
import { timeOfId } from '../ids.ts';
import { dayOf } from '../time.ts';
import { fact } from './evidence.ts';

type Totals = Pick<ComplianceReport['totals'], 'actions' | 'byStatus' | 'byRisk'>;
type Day = ComplianceReport['days'][number];

export interface ActionCollector {
  see(entry: AuditEntry): void;
  totals(): Totals;
  days(): Day[];
}

const STATUSES = ['approved', 'denied', 'pending', 'expired', 'running', 'executed', 'failed'] as const;
const PER_DAY = new Set<string>(['approved', 'denied', 'expired']);
const RISKS = ['low', 'medium', 'high', 'critical'] as const;

/** Counts actions, the states they reached and the decisions of each day. */
export function createActionCollector(fromMs: number, days: readonly string[]): ActionCollector {
  const byStatus = zeros(STATUSES);
  const byRisk = zeros(RISKS);
  const perDay = new Map(
    days.map((day): [string, Day] => [day, { day, approved: 0, denied: 0, pending: 0, expired: 0 }]),
  );
  const isFirst = createFirstSight(fromMs);
  let actions = 0;
  return {
    see(entry) {
      const status = statusOf(entry);
      if (status === undefined) return;
      increase(byStatus, status);
      const day = perDay.get(dayOf(entry.at));
      if (day && PER_DAY.has(status)) day[status as 'approved' | 'denied' | 'expired'] += 1;
      if (!isFirst(entry, status)) return;
      actions += 1;
      const risk = fact(entry, 'risk');
      increase(byRisk, risk === '' ? 'unknown' : risk);
    },
    totals: () => ({ actions, byStatus, byRisk }),
    days: () => [...perDay.values()],
  };
}

/** The state that an entry says an action reached. */
export function statusOf({ event }: AuditEntry): (typeof STATUSES)[number] | undefined {
  const name = event.startsWith('action.') ? event.slice('action.'.length) : '';
  return STATUSES.find((status) => status === name);
}

const ENDS = new Set<string>(['denied', 'expired', 'executed', 'failed']);

/** Whether an entry is the first of its action. Only actions under way are remembered, and those of before have older ids. */
function createFirstSight(fromMs: number): (entry: AuditEntry, status: string) => boolean {
  const underWay = new Set<string>();
  return ({ subject }, status) => {
    const isKnown = underWay.has(subject) || timeOfId(subject) < fromMs;
    if (ENDS.has(status)) underWay.delete(subject);
    else underWay.add(subject);
    return !isKnown;
  };
}

export function zeros(names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, 0]));
}

export function increase(counts: Record<string, number>, name: string): void {
  counts[name] = (Object.hasOwn(counts, name) ? (counts[name] ?? 0) : 0) + 1;
}
