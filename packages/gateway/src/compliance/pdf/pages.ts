import type { ComplianceReport, Control } from '@bonafide/core/models';
import { dayOf } from '../../time.ts';
import { printable } from './printable.ts';
import { colours, contentWidth, fonts, MARGIN, type Pdf, paragraph } from './sheet.ts';

export const verdictWords: Readonly<Record<Control['verdict'], string>> = {
  met: 'Met',
  gap: 'Gap',
  notAssessed: 'Not assessed',
};

/** The first page: what this is, about whom and when, and by which checkpoint it can be checked. */
export function drawTitlePage(pdf: Pdf, report: ComplianceReport): void {
  pdf.rect(0, 0, pdf.page.width, 150).fill(colours.accent);
  pdf.font(fonts.text).fontSize(11).fillColor('#c8d7e3').text('Compliance evidence report', MARGIN, 56);
  pdf.font(fonts.bold).fontSize(26).fillColor('#ffffff').text(printable(report.title), MARGIN, 74);
  pdf.y = 178;
  drawFacts(pdf, factsOf(report));
  pdf.y += 14;
  drawVerdictCounts(pdf, report.controls);
  pdf.y += 18;
  drawBoxed(pdf, { title: 'What this report is', text: report.statement });
  drawBoxed(pdf, {
    title: report.integrity.isVerified ? 'The log was verified' : 'The log could not be verified',
    text: report.integrity.explanation,
  });
  drawCheckpoint(pdf, report.integrity.checkpoint.note);
}

function factsOf(report: ComplianceReport): readonly (readonly [string, string])[] {
  const { scope, integrity } = report;
  const range =
    scope.firstSequence === undefined ? '' : `, ${scope.firstSequence} to ${scope.lastSequence ?? ''}`;
  return [
    ['Workspace', report.workspace],
    ['Agents', report.agentId === undefined ? 'All agents of the workspace' : report.agentId],
    ['Period', `${dayOf(report.from)} to ${dayOf(report.to)} (UTC, the end not included)`],
    ['Generated', `${minute(report.generatedAt)} UTC`],
    ['Log entries', `${scope.entries}${range}`],
    ['Log', `${integrity.checkpoint.origin}, ${integrity.checkpoint.size} entries`],
  ];
}

function drawFacts(pdf: Pdf, facts: readonly (readonly [string, string])[]): void {
  for (const [name, value] of facts) {
    const { y } = pdf;
    pdf.font(fonts.text).fontSize(9.5).fillColor(colours.muted).text(name, MARGIN, y, { width: 90 });
    pdf.fillColor(colours.ink).text(printable(value), MARGIN + 95, y, { width: contentWidth(pdf) - 95 });
    pdf.y += 3;
  }
}

function drawVerdictCounts(pdf: Pdf, controls: readonly Control[]): void {
  const { y } = pdf;
  const width = (contentWidth(pdf) - 20) / 3;
  for (const [index, verdict] of (['met', 'gap', 'notAssessed'] as const).entries()) {
    const x = MARGIN + index * (width + 10);
    const count = controls.filter((control) => control.verdict === verdict).length;
    pdf.rect(x, y, width, 52).fill(colours.shade);
    pdf.rect(x, y, 4, 52).fill(colours[verdict]);
    pdf
      .font(fonts.bold)
      .fontSize(20)
      .fillColor(colours[verdict])
      .text(String(count), x + 16, y + 9);
    pdf
      .font(fonts.text)
      .fontSize(9)
      .fillColor(colours.ink)
      .text(verdictWords[verdict], x + 16, y + 33);
  }
  pdf.y = y + 52;
}

function drawBoxed(pdf: Pdf, { title, text }: { title: string; text: string }): void {
  pdf.font(fonts.bold).fontSize(10).fillColor(colours.accent).text(title, MARGIN, pdf.y);
  pdf.y += 3;
  paragraph(pdf, { text });
  pdf.y += 6;
}

/** The signed note as it is: whoever has the gateway's key can check it. */
export function drawCheckpoint(pdf: Pdf, note: string): void {
  const lines = note.trimEnd().split('\n').map(printable).join('\n');
  pdf.font(fonts.mono).fontSize(7.5);
  const width = contentWidth(pdf) - 16;
  const height = pdf.heightOfString(lines, { width, lineGap: 1 }) + 14;
  if (pdf.y + height > pdf.page.height - pdf.page.margins.bottom) pdf.addPage();
  const { y } = pdf;
  pdf.rect(MARGIN, y, contentWidth(pdf), height).fill(colours.shade);
  pdf.fillColor(colours.ink).text(lines, MARGIN + 8, y + 8, { width, lineGap: 1 });
  pdf.y = y + height + 6;
}

/** Title and page number on every page but the first; numbers are known only at the end. */
export function drawMargins(pdf: Pdf, report: ComplianceReport): void {
  const { start, count } = pdf.bufferedPageRange();
  for (let page = start; page < start + count; page += 1) {
    pdf.switchToPage(page);
    // Text below the bottom margin would start a page of its own.
    pdf.page.margins.bottom = 0;
    pdf.page.margins.top = 0;
    const width = contentWidth(pdf);
    pdf.font(fonts.text).fontSize(8).fillColor(colours.muted);
    const options = { width, lineBreak: false } as const;
    const foot = pdf.page.height - 40;
    pdf.text(printable(`${report.workspace} · evidence, not certification`), MARGIN, foot, options);
    pdf.text(`Page ${page + 1} of ${count}`, MARGIN, foot, { ...options, align: 'right' });
    if (page === start) continue;
    pdf.text(printable(report.title), MARGIN, 36, options);
    pdf.text(`${dayOf(report.from)} to ${dayOf(report.to)}`, MARGIN, 36, { ...options, align: 'right' });
    pdf
      .moveTo(MARGIN, 50)
      .lineTo(MARGIN + width, 50)
      .lineWidth(0.5)
      .strokeColor(colours.line)
      .stroke();
  }
}

export function minute(time: string): string {
  return `${dayOf(time)} ${time.slice(11, 16)}`;
}
