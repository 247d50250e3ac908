import type { ComplianceReport } from '@bonafide/core/models';
import { pause } from './pause.ts';

/** One table for everything: what a row is about is in `section`; docs/compliance.md says what each section fills in. */
const COLUMNS = ['section', 'id', 'title', 'verdict', 'detail', 'count', 'sequences', 'at', 'actor'] as const;

type CsvRow = Partial<Record<(typeof COLUMNS)[number], string | number>>;

/**
 * The report as CSV (RFC 4180, UTF-8 with a mark for spreadsheets). What a spreadsheet would run as a formula gets an
 * apostrophe in front (OWASP, CSV injection): names and actions are chosen by agents.
 */
export async function renderCsv(report: ComplianceReport, signal?: AbortSignal): Promise<string> {
  // Loaded here, because only few gateways are ever asked for one.
  const { stringify } = await import('csv-stringify/sync');
  const text = stringify(rowsOf(report), {
    header: true,
    columns: [...COLUMNS],
    bom: true,
    record_delimiter: 'windows',
    // By itself it quotes only the line end it writes, and a lone one would end the row as well.
    quoted_match: /[\r\n]/,
    escape_formulas: true,
  });
  await pause(signal);
  return text;
}

function rowsOf(report: ComplianceReport): CsvRow[] {
  return [
    ...aboutRows(report),
    ...totalRows(report),
    ...report.days.flatMap(dayRows),
    ...report.controls.flatMap(controlRows),
    ...report.exceptions.map(({ sequence, at, event, subject, reason }) => ({
      ...{ section: 'exception', id: subject, title: event, detail: reason, sequences: sequence, at },
    })),
    ...report.approvals.map((each) => ({
      ...{ section: 'approval', id: each.subject, title: each.action, verdict: each.event },
      ...{ detail: `${each.risk} risk, answered after ${each.seconds} s`, sequences: each.sequence },
      ...{ at: each.at, actor: each.decidedBy },
    })),
    ...report.keyEvents.map(({ sequence, at, event, subject, name, actor }) => ({
      ...{ section: 'key', id: subject, title: event, detail: name, sequences: sequence, at, actor },
    })),
    ...countRows('alert', report.alerts),
    ...report.trust.map(({ agentId, name, score, isProvisional }) => ({
      ...{ section: 'trust', id: agentId, title: name, detail: score },
      ...{ verdict: isProvisional ? 'provisional' : 'final' },
    })),
    ...integrityRows(report.integrity),
  ];
}

function aboutRows({ statement, workspace, agentId, scope, ...report }: ComplianceReport): CsvRow[] {
  const facts = { statement, workspace, agentId: agentId ?? 'all', from: report.from, to: report.to };
  const { generatedAt, exceptionCount, approvalCount, keyEventCount } = report;
  const counts = { exceptionCount, approvalCount, keyEventCount, ...scope };
  return [
    { section: 'report', id: 'title', detail: report.title },
    ...Object.entries({ ...facts, generatedAt }).map(([id, detail]) => ({ section: 'report', id, detail })),
    ...countRows('report', counts),
  ];
}

function totalRows({ totals }: ComplianceReport): CsvRow[] {
  return [
    { section: 'total', id: 'actions', count: totals.actions },
    ...countRows('total.status', totals.byStatus),
    ...countRows('total.risk', totals.byRisk),
    ...countRows('total.approvals', totals.approvals),
    { section: 'total', id: 'medianApprovalSeconds', detail: totals.medianApprovalSeconds ?? '' },
  ];
}

function dayRows({ day, ...counts }: ComplianceReport['days'][number]): CsvRow[] {
  return Object.entries(counts).map(([title, count]) => ({ section: 'day', id: day, title, count }));
}

function controlRows({
  id,
  title,
  verdict,
  reason,
  limits,
  evidence,
}: ComplianceReport['controls'][number]): CsvRow[] {
  return [
    { section: 'control', id, title, verdict, detail: reason },
    { section: 'limits', id, title, detail: limits },
    ...evidence.map(({ query, count, sequences }) => ({
      ...{ section: 'evidence', id, title: query, count, sequences: sequences.join(' ') },
    })),
  ];
}

function integrityRows({ isVerified, explanation, checkpoint }: ComplianceReport['integrity']): CsvRow[] {
  return [
    { section: 'integrity', id: 'isVerified', detail: String(isVerified) },
    { section: 'integrity', id: 'explanation', detail: explanation },
    { section: 'integrity', id: 'origin', detail: checkpoint.origin },
    { section: 'integrity', id: 'size', count: checkpoint.size },
    { section: 'integrity', id: 'rootHash', detail: checkpoint.rootHash },
    { section: 'integrity', id: 'note', detail: checkpoint.note },
  ];
}

function countRows(section: string, counts: Readonly<Record<string, number | undefined>>): CsvRow[] {
  return Object.entries(counts).flatMap(([id, count]) =>
    count === undefined ? [] : [{ section, id, count }],
  );
}
