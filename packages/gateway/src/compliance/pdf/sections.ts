import type { ComplianceReport, Control } from '@bonafide/core/models';
import { dayOf } from '../../time.ts';
import { drawChart } from './chart.ts';
import { drawCheckpoint, minute, verdictWords } from './pages.ts';
import { colours, heading, type Pdf, paragraph } from './sheet.ts';
import { type Column, drawTable, type TableRow } from './table.ts';

/** Everything after the title page, in order. */
export const sections: readonly ((pdf: Pdf, report: ComplianceReport) => Promise<void>)[] = [
  drawSummary,
  drawControls,
  drawEvidence,
  drawExceptions,
  drawApprovals,
  drawKeyEvents,
  drawAlerts,
  drawTrust,
  drawIntegrity,
];

async function drawSummary(pdf: Pdf, { days, totals }: ComplianceReport): Promise<void> {
  heading(pdf, 'Summary');
  drawChart(pdf, days);
  const median =
    totals.medianApprovalSeconds === null ? 'none answered' : seconds(totals.medianApprovalSeconds);
  const rows: TableRow[] = [
    ['Actions requested or logged', String(totals.actions)],
    ...counts('Actions', totals.byStatus),
    ...counts('Risk', totals.byRisk),
    ...counts('Questions to people', totals.approvals),
    ['Median time until a person answered', median],
  ];
  const columns: Column[] = [
    { title: 'Total', share: 4 },
    { title: 'Count', share: 1, align: 'right' },
  ];
  await drawTable(pdf, { columns, rows, empty: '' });
}

async function drawControls(pdf: Pdf, { controls }: ComplianceReport): Promise<void> {
  heading(pdf, 'Controls');
  const columns: Column[] = [
    { title: 'Control', share: 2.3, font: 'bold' },
    { title: 'Title', share: 3 },
    { title: 'Verdict', share: 1.5, font: 'bold' },
    { title: 'Reason', share: 6 },
  ];
  const rows = controls.map((control) => [control.id, control.title, verdictCell(control), control.reason]);
  await drawTable(pdf, { columns, rows, empty: '' });
}

async function drawEvidence(pdf: Pdf, { controls }: ComplianceReport): Promise<void> {
  heading(pdf, 'Evidence of each control');
  paragraph(pdf, {
    text: 'Entries are positions in the audit log of the workspace: look them up there, and prove with the checkpoint that they are in it. Where there are more than ten, the first are named.',
    colour: colours.muted,
  });
  const columns: Column[] = [
    { title: 'Control', share: 2.3, font: 'bold' },
    { title: 'What was looked for', share: 6 },
    { title: 'Found', share: 1, align: 'right' },
    { title: 'Entries', share: 3.2 },
  ];
  const rows = controls.flatMap(({ id, limits, evidence }) => [
    ...evidence.map(({ query, count, sequences }, index) => [
      index === 0 ? id : '',
      query,
      String(count),
      sequences.join(', '),
    ]),
    [evidence.length === 0 ? id : '', { text: `Not covered: ${limits}`, colour: colours.muted }, '', ''],
  ]);
  await drawTable(pdf, { columns, rows, empty: '' });
}

async function drawExceptions(pdf: Pdf, { exceptions, exceptionCount }: ComplianceReport): Promise<void> {
  heading(pdf, 'Exceptions');
  noteOmitted(pdf, { shown: exceptions.length, count: exceptionCount });
  const columns: Column[] = [...entryColumns, { title: 'Why', share: 3 }];
  const rows = exceptions.map((each) => [...entryCells(each), each.reason]);
  await drawTable(pdf, { columns, rows, empty: 'Nothing was found that speaks against a control.' });
}

async function drawApprovals(pdf: Pdf, { approvals, approvalCount }: ComplianceReport): Promise<void> {
  heading(pdf, 'Approvals');
  noteOmitted(pdf, { shown: approvals.length, count: approvalCount });
  const columns: Column[] = [
    { title: 'Entry', share: 0.8, align: 'right' },
    { title: 'Time (UTC)', share: 1.7 },
    { title: 'Action', share: 2.2 },
    { title: 'Risk', share: 0.8 },
    { title: 'Answer', share: 1.1 },
    // `member:` and a UUID fit on one line.
    { title: 'By', share: 4.9 },
    { title: 'After', share: 0.9, align: 'right' },
  ];
  const rows = approvals.map((each) => [
    ...[String(each.sequence), minute(each.at), each.action, each.risk],
    ...[each.event.replace('approval.', ''), each.decidedBy, seconds(each.seconds)],
  ]);
  await drawTable(pdf, { columns, rows, empty: 'No question to a person was answered in the period.' });
}

async function drawKeyEvents(pdf: Pdf, { keyEvents, keyEventCount }: ComplianceReport): Promise<void> {
  heading(pdf, 'Keys and access');
  noteOmitted(pdf, { shown: keyEvents.length, count: keyEventCount });
  const columns: Column[] = [...entryColumns, { title: 'Name, and by whom', share: 3 }];
  const rows = keyEvents.map((each) => [...entryCells(each), `${each.name} by ${each.actor}`.trimStart()]);
  await drawTable(pdf, {
    columns,
    rows,
    empty: 'No key or token was made, replaced or ended in the period.',
  });
}

async function drawAlerts(pdf: Pdf, { alerts }: ComplianceReport): Promise<void> {
  heading(pdf, 'Alerts raised');
  const columns: Column[] = [
    { title: 'Type', share: 4 },
    { title: 'Count', share: 1, align: 'right' },
  ];
  const rows = Object.entries(alerts).map(([type, count]) => [type, String(count)]);
  await drawTable(pdf, { columns, rows, empty: 'No alert was raised in the period.' });
}

async function drawTrust(pdf: Pdf, { trust, generatedAt }: ComplianceReport): Promise<void> {
  heading(pdf, 'Trust of agents');
  paragraph(pdf, { text: `As of ${dayOf(generatedAt)}, from 0 to 1.`, colour: colours.muted });
  const columns: Column[] = [
    { title: 'Agent', share: 3 },
    { title: 'Id', share: 4 },
    { title: 'Score', share: 1, align: 'right' },
    { title: '', share: 2 },
  ];
  const rows = trust.map(({ name, agentId, score, isProvisional }) => [
    ...[name, agentId, score.toFixed(3), isProvisional ? 'provisional' : ''],
  ]);
  await drawTable(pdf, { columns, rows, empty: 'No agent is registered.' });
}

async function drawIntegrity(pdf: Pdf, { integrity, scope }: ComplianceReport): Promise<void> {
  heading(pdf, 'Integrity of the log');
  paragraph(pdf, { text: integrity.explanation });
  if (scope.entriesWithoutData > 0) {
    const text = `Retention had removed the data of ${scope.entriesWithoutData} entries; they are proven by their digest, but say less.`;
    paragraph(pdf, { text });
  }
  drawCheckpoint(pdf, integrity.checkpoint.note);
}

const entryColumns: readonly Column[] = [
  { title: 'Entry', share: 0.8, align: 'right' },
  { title: 'Time (UTC)', share: 1.7 },
  { title: 'Event', share: 1.9 },
  // A UUID fits on one line.
  { title: 'Subject', share: 3.9 },
];

type Entry = ComplianceReport['keyEvents'][number] | ComplianceReport['exceptions'][number];

function entryCells({ sequence, at, event, subject }: Entry): string[] {
  return [String(sequence), minute(at), event, subject];
}

function noteOmitted(pdf: Pdf, { shown, count }: { shown: number; count: number }): void {
  if (shown < count) paragraph(pdf, { text: `The first ${shown} of ${count}.`, colour: colours.muted });
}

function verdictCell({ verdict }: Control): { text: string; colour: string } {
  return { text: verdictWords[verdict], colour: colours[verdict] };
}

function counts(title: string, values: Readonly<Record<string, number>>): TableRow[] {
  return Object.entries(values).map(([name, count]) => [`${title}: ${name}`, String(count)]);
}

function seconds(value: number): string {
  if (value < 120) return `${Math.round(value)} s`;
  return value < 7200 ? `${Math.round(value / 60)} min` : `${(value / 3600).toFixed(1)} h`;
}
