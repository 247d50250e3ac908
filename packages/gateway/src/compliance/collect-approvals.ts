import type { AuditEntry, ComplianceReport } from '@bonafide/core/models';
import { timeOfId } from '../ids.ts';
import { increase, zeros } from './collect-actions.ts';
import { fact } from './evidence.ts';

type ApprovalLine = ComplianceReport['approvals'][number];

export interface ApprovalCollector {
  see(entry: AuditEntry): void;
  totals(): Record<string, number>;
  medianSeconds(): number | null;
  readonly lines: readonly ApprovalLine[];
  count(): number;
}

/** Counts questions to people, and how long the answers took: an approval has the time of its question in its id. */
export function createApprovalCollector(maxLines: number): ApprovalCollector {
  const totals = zeros(['requested', 'approved', 'denied', 'expired']);
  const lines: ApprovalLine[] = [];
  // Eight bytes an answer: the only thing here that grows with the log, and people do not answer by the million.
  const latencies: number[] = [];
  return {
    see(entry) {
      if (!entry.event.startsWith('approval.')) return;
      const name = entry.event.slice('approval.'.length);
      if (Object.hasOwn(totals, name)) increase(totals, name);
      if (name !== 'approved' && name !== 'denied') return;
      const seconds = Math.max(0, Date.parse(entry.at) - timeOfId(entry.subject)) / 1000;
      latencies.push(seconds);
      if (lines.length < maxLines) lines.push(toLine(entry, seconds));
    },
    totals: () => totals,
    medianSeconds: () => median(latencies),
    lines,
    count: () => latencies.length,
  };
}

function toLine(entry: AuditEntry, seconds: number): ApprovalLine {
  const { sequence, at, event, subject, actor } = entry;
  const said = { action: fact(entry, 'action'), risk: fact(entry, 'risk') };
  return { sequence, at, event, subject, ...said, decidedBy: actor, seconds };
}

function median(values: number[]): number | null {
  values.sort((a, b) => a - b);
  const middle = values.length / 2;
  const upper = values[Math.floor(middle)];
  const lower = values[Math.ceil(middle) - 1];
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2;
}
