import type { AuditEntry, ComplianceReport } from '@bonafide/core/models';
import type { Reader } from '../stores/store.ts';
import { readBackground } from './background.ts';
import { createActionCollector, increase } from './collect-actions.ts';
import { createApprovalCollector } from './collect-approvals.ts';
import { createEvidenceCollector, type EvidenceCollector } from './collect-evidence.ts';
import { fact } from './evidence.ts';
import { daysOf, type Period } from './period.ts';
import { type Range, readLog } from './read-log.ts';

/** How many lines each list of a report has at most; its count says how many there are. */
export const MAX_LINES = 200;

/** What a report is about. */
export interface Scope {
  readonly period: Period;
  readonly agentId?: string | undefined;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

type ReportHalf = Pick<
  ComplianceReport,
  'scope' | 'totals' | 'days' | 'approvals' | 'approvalCount' | 'keyEvents' | 'keyEventCount' | 'alerts'
>;

/** What the entries of the period say. */
export interface History extends ReportHalf {
  readonly evidence: EvidenceCollector;
  /** Where alerts of the period were raised. */
  readonly alertSequences: ReadonlyMap<string, number>;
}

/** Reads the entries of the period once, of one agent when the scope names it, in order. */
export async function readHistory(
  reader: Reader,
  { range, scope, onEntry }: { range: Range; scope: Scope; onEntry: (entry: AuditEntry) => void },
): Promise<History> {
  const { period, agentId, nowMs, signal } = scope;
  const background = await readBackground(reader, { from: period.from, signal });
  const evidence = createEvidenceCollector(background, MAX_LINES);
  const actions = createActionCollector(Date.parse(period.from), daysOf(period, nowMs));
  const approvals = createApprovalCollector(MAX_LINES);
  const rest = createRestCollector();
  for await (const entry of readLog(reader, { range, agentId, signal })) {
    onEntry(entry);
    for (const collector of [evidence, actions, approvals, rest]) collector.see(entry);
  }
  const { alertSequences, ...parts } = rest.parts();
  return {
    ...{ evidence, alertSequences, ...parts, days: actions.days() },
    ...{ approvals: [...approvals.lines], approvalCount: approvals.count() },
    totals: {
      ...actions.totals(),
      approvals: approvals.totals(),
      medianApprovalSeconds: approvals.medianSeconds(),
    },
  };
}

const KEY_EVENTS = new Set([
  'agent.registered',
  'agent.key-rotated',
  'agent.revoked',
  'token.created',
  'token.revoked',
  'member.removed',
]);

type Rest = Pick<ReportHalf, 'scope' | 'keyEvents' | 'keyEventCount' | 'alerts'> &
  Pick<History, 'alertSequences'>;

function createRestCollector(): { see(entry: AuditEntry): void; parts(): Rest } {
  const keyEvents: ReportHalf['keyEvents'] = [];
  const alerts: Record<string, number> = {};
  const alertSequences = new Map<string, number>();
  const scope: ReportHalf['scope'] = { entries: 0, entriesWithoutData: 0 };
  let keyEventCount = 0;
  return {
    see(entry) {
      const { sequence, at, event, subject, actor } = entry;
      scope.entries += 1;
      scope.firstSequence ??= sequence;
      scope.lastSequence = sequence;
      if (entry.data === undefined) scope.entriesWithoutData += 1;
      if (event === 'alert.raised') {
        increase(alerts, fact(entry, 'type') || 'unknown');
        alertSequences.set(subject, sequence);
      }
      if (!KEY_EVENTS.has(event)) return;
      keyEventCount += 1;
      const name = fact(entry, 'name');
      if (keyEvents.length < MAX_LINES) keyEvents.push({ sequence, at, event, subject, name, actor });
    },
    parts: () => ({ scope, keyEvents, keyEventCount, alerts, alertSequences }),
  };
}
