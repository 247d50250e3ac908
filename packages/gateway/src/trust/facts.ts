import type { AgentRecord } from '@bonafide/core/models';
import type { AlertCount } from '../stores/alerts.ts';
import type { Reader } from '../stores/store.ts';
import { DAY_MS, dayOf } from '../time.ts';
import { FEEDBACK_WINDOW_DAYS, type TrustFacts, WINDOW_DAYS } from './factors.ts';

/** The first moment of the window of that many days that ends with today. */
export function startOfWindow(nowMs: number, days: number): string {
  const first = new Date(nowMs - (days - 1) * DAY_MS).toISOString();
  return `${dayOf(first)}T00:00:00.000Z`;
}

/** Reads what is known of an agent of the reader's workspace. */
export function readFacts(
  { tables, workspace }: Reader,
  { agent: { agentId, status, createdAt }, nowMs }: { agent: AgentRecord; nowMs: number },
): TrustFacts {
  const key = { workspace, id: agentId };
  const since = startOfWindow(nowMs, WINDOW_DAYS);
  const counts = tables.alerts.listCountsAgainst(key, since);
  return {
    registeredAt: createdAt,
    isRevoked: status === 'revoked',
    tally: tables.tallies.getSumSince({ workspace, agentId, day: dayOf(since) }),
    alerts: bySeverity(counts.filter(({ type }) => !countedElsewhere.has(type))),
    drifts: driftsOf(counts),
    feedback: tables.feedback.getCountsSince(key, startOfWindow(nowMs, FEEDBACK_WINDOW_DAYS)),
  };
}

// A fact counts once: drift has its own factor, and low trust must not lower trust.
const countedElsewhere: ReadonlySet<AlertCount['type']> = new Set(['trust.low', 'mcp.drift']);

function bySeverity(counts: readonly AlertCount[]): TrustFacts['alerts'] {
  const of = (severity: AlertCount['severity']) =>
    counts.reduce((sum, each) => sum + (each.severity === severity ? each.count : 0), 0);
  return { info: of('info'), warning: of('warning'), high: of('high'), critical: of('critical') };
}

function driftsOf(counts: readonly AlertCount[]): TrustFacts['drifts'] {
  const drifts = counts.filter(({ type }) => type === 'mcp.drift');
  return {
    all: drifts.reduce((sum, { count }) => sum + count, 0),
    unresolved: drifts.reduce((sum, { unresolved }) => sum + unresolved, 0),
  };
}
