import type { Alert, ControlEvidence } from '@bonafide/core/models';
import type { Reader } from '../stores/store.ts';
import { DAY_MS, HOUR_MS } from '../time.ts';
import { ALERT_MAX_DAYS, SERIOUS_ALERT_MAX_HOURS } from './checks.ts';
import { createTally } from './evidence.ts';
import { pause } from './pause.ts';
import type { Period } from './period.ts';

const PAGE = 100;
const ALERT_MAX_MS = ALERT_MAX_DAYS * DAY_MS;
const SERIOUS_ALERT_MAX_MS = SERIOUS_ALERT_MAX_HOURS * HOUR_MS;

export type AlertEvidence = Readonly<
  Record<
    | 'alertsRaised'
    | 'alertsWaiting'
    | 'seriousAlertsRaised'
    | 'seriousAlertsWaiting'
    | 'driftAlertsRaised'
    | 'driftAlertsWaiting',
    ControlEvidence
  >
>;

interface Question {
  readonly period: Period;
  readonly nowMs: number;
  readonly agentId?: string | undefined;
  readonly signal: AbortSignal;
  /** Position of the entry that says it was raised, when that is in the period. */
  sequenceOf(alertId: string): number | undefined;
  onWaiting(alert: Alert): void;
}

/** Which alerts of the period there are, and for which of them and of those still open nobody came in time. */
export async function readAlertEvidence(reader: Reader, question: Question): Promise<AlertEvidence> {
  const { period, nowMs, sequenceOf } = question;
  const endMs = Math.min(Date.parse(period.to), nowMs);
  const days = `${ALERT_MAX_DAYS} days`;
  const hours = `${SERIOUS_ALERT_MAX_HOURS} hours`;
  const tallies = {
    alertsRaised: createTally('Alerts raised, or open from before'),
    alertsWaiting: createTally(`Alerts that nobody acknowledged or resolved within ${days}`),
    seriousAlertsRaised: createTally('Alerts of high or critical severity raised, or open from before'),
    seriousAlertsWaiting: createTally(
      `Alerts of high or critical severity that nobody acknowledged or resolved within ${hours}`,
    ),
    driftAlertsRaised: createTally('Alerts about changed MCP servers raised, or open from before'),
    driftAlertsWaiting: createTally(
      `Alerts about changed MCP servers that nobody acknowledged or resolved within ${days}`,
    ),
  };
  for await (const alert of alertsOf(reader, question)) {
    const sequence = sequenceOf(alert.alertId);
    const isSerious = alert.severity === 'high' || alert.severity === 'critical';
    const isLate = waitedLonger(alert, { limitMs: ALERT_MAX_MS, endMs });
    const isSeriouslyLate = isSerious && waitedLonger(alert, { limitMs: SERIOUS_ALERT_MAX_MS, endMs });
    tallies.alertsRaised.add(sequence);
    if (isLate) tallies.alertsWaiting.add(sequence);
    if (isSerious) tallies.seriousAlertsRaised.add(sequence);
    if (isSeriouslyLate) tallies.seriousAlertsWaiting.add(sequence);
    if (alert.type === 'mcp.drift') tallies.driftAlertsRaised.add(sequence);
    if (alert.type === 'mcp.drift' && isLate) tallies.driftAlertsWaiting.add(sequence);
    if (isLate || isSeriouslyLate) question.onWaiting(alert);
  }
  return {
    alertsRaised: tallies.alertsRaised.toEvidence(),
    alertsWaiting: tallies.alertsWaiting.toEvidence(),
    seriousAlertsRaised: tallies.seriousAlertsRaised.toEvidence(),
    seriousAlertsWaiting: tallies.seriousAlertsWaiting.toEvidence(),
    driftAlertsRaised: tallies.driftAlertsRaised.toEvidence(),
    driftAlertsWaiting: tallies.driftAlertsWaiting.toEvidence(),
  };
}

function waitedLonger(
  { createdAt, acknowledgedAt, resolvedAt }: Alert,
  { limitMs, endMs }: { limitMs: number; endMs: number },
): boolean {
  const seen = [acknowledgedAt, resolvedAt].flatMap((time) => (time === undefined ? [] : [Date.parse(time)]));
  const deadline = Date.parse(createdAt) + limitMs;
  return deadline < endMs && Math.min(...seen, Number.POSITIVE_INFINITY) > deadline;
}

/** Those raised in the period or so shortly before that their time ended in it, and all older ones that are open. */
async function* alertsOf(
  { tables, workspace }: Reader,
  { period, agentId, signal }: Question,
): AsyncGenerator<Alert> {
  const since = new Date(Date.parse(period.from) - ALERT_MAX_MS).toISOString();
  const sources = [
    { status: undefined, isWanted: ({ createdAt }: Alert) => createdAt >= since },
    { status: 'open' as const, isWanted: ({ createdAt }: Alert) => createdAt < since },
  ];
  for (const { status, isWanted } of sources) {
    for (let before: string | undefined; ; ) {
      const page = tables.alerts.list({ workspace, status, agentId }, { before, limit: PAGE });
      for (const alert of page) if (alert.createdAt < period.to && isWanted(alert)) yield alert;
      const last = page.at(-1);
      if (!last || page.length < PAGE || (status === undefined && last.createdAt < since)) break;
      before = last.alertId;
      await pause(signal);
    }
  }
}
