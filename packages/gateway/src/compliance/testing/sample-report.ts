import type { ComplianceReport, ControlEvidence } from '@bonafide/core/models';
import { checks, type EvidenceName, type EvidenceSet } from '../checks.ts';
import { assessControl } from '../frameworks/framework.ts';
import { soc2 } from '../frameworks/soc2.ts';

/** What the log would have answered: nothing, but for the counts given. */
export function evidenceOf(counts: Partial<Record<EvidenceName, number>> = {}): EvidenceSet {
  const names = Object.values(checks).flatMap(({ shownBy, refutedBy }) => [...shownBy, ...refutedBy]);
  const entries = names.map((name): [EvidenceName, ControlEvidence] => {
    const count = counts[name] ?? 0;
    const sequences = Array.from({ length: Math.min(count, 10) }, (_, index) => 1000 + index * 37);
    return [name, { query: `Query ${name}`, count, sequences }];
  });
  return Object.fromEntries(entries) as EvidenceSet;
}

/** A report of a busy workspace, whose agents chose hostile names. */
export function sampleReport(changes: Partial<ComplianceReport> = {}): ComplianceReport {
  const counts = { agentEntries: 4200, keysInUse: 7, riskyRuns: 31, unapprovedRuns: 2, logVerified: 1 };
  const controls = soc2.controls.map((control) =>
    assessControl(
      control,
      evidenceOf({ ...counts, actionRecords: 900, runs: 4, alertsRaised: 3, answers: 90 }),
    ),
  );
  return {
    reportType: 'soc2',
    title: 'SOC 2 evidence',
    statement: 'This report is evidence from an audit log. It is not a certification.',
    workspace: 'default',
    from: '2026-10-01T00:00:00.000Z',
    to: '2026-11-01T00:00:00.000Z',
    generatedAt: '2026-11-02T08:15:00.000Z',
    scope: { entries: 4321, firstSequence: 1000, lastSequence: 5320, entriesWithoutData: 12 },
    totals: {
      actions: 1200,
      byStatus: { approved: 900, denied: 44, pending: 110, executed: 870, failed: 12, expired: 20 },
      byRisk: { low: 800, medium: 280, high: 100, critical: 20 },
      approvals: { requested: 110, approved: 80, denied: 10, expired: 20 },
      medianApprovalSeconds: 184,
    },
    days: sampleDays(31),
    controls,
    ...sampleLines(),
    alerts: { 'mcp.drift': 2, 'trust.low': 1 },
    trust: [
      { agentId: idOf(1), name: 'billing-agent', score: 0.947, isProvisional: false },
      { agentId: idOf(2), name: 'new-agent', score: 0.75, isProvisional: true },
    ],
    integrity: {
      isVerified: true,
      explanation: 'All 5320 entries give the root of the checkpoint.',
      checkpoint: {
        origin: 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK/default',
        size: 5320,
        rootHash: `${'A'.repeat(43)}=`,
        note: `did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK/default\n5320\n${'A'.repeat(43)}=\n\n— did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK/default ${'B'.repeat(96)}\n`,
      },
    },
    ...changes,
  };
}

function sampleLines(): Pick<
  ComplianceReport,
  'exceptionCount' | 'exceptions' | 'approvalCount' | 'approvals' | 'keyEventCount' | 'keyEvents'
> {
  const at = '2026-10-12T09:30:00.000Z';
  return {
    exceptionCount: 250,
    exceptions: Array.from({ length: 40 }, (_, index) => ({
      ...{ sequence: 2000 + index, at, event: 'action.executed', subject: idOf(index) },
      reason: 'Ran without the approval its risk demands.',
    })),
    approvalCount: 45,
    approvals: Array.from({ length: 45 }, (_, index) => ({
      ...{ sequence: 3000 + index, at, event: 'approval.approved', subject: idOf(index) },
      ...{ action: index % 9 === 0 ? `db.${'very_long_'.repeat(11)}name` : 'db.delete_user', risk: 'high' },
      ...{ decidedBy: `member:${idOf(index)}`, seconds: index * 211 },
    })),
    keyEventCount: 2,
    keyEvents: [
      {
        sequence: 1001,
        at,
        event: 'agent.registered',
        subject: idOf(1),
        actor: `agent:${idOf(1)}`,
        name: 'billing-agent',
      },
      {
        sequence: 1200,
        at,
        event: 'agent.key-rotated',
        subject: idOf(1),
        actor: 'agent:\u202e日本\u0000',
        name: '=cmd|calc',
      },
    ],
  };
}

export function sampleDays(length: number): ComplianceReport['days'] {
  return Array.from({ length }, (_, index) => ({
    day: new Date(Date.UTC(2026, 9, 1) + index * 86_400_000).toISOString().slice(0, 10),
    approved: 20 + ((index * 7) % 23),
    denied: (index * 3) % 5,
    pending: index > length - 4 ? 3 : 0,
    expired: (index * 5) % 4,
  }));
}

function idOf(index: number): string {
  return `0199a1b2-0000-7000-8000-${String(index).padStart(12, '0')}`;
}
