import type PDFDocument from 'pdfkit';
import { printable } from './printable.ts';

export type Pdf = InstanceType<typeof PDFDocument>;

export const colours = {
  ink: '#1f2328',
  muted: '#57606a',
  line: '#d0d7de',
  shade: '#f6f8fa',
  accent: '#0b3d62',
  met: '#1a7f37',
  gap: '#b42318',
  notAssessed: '#6e7781',
  approved: '#2e7d4f',
  denied: '#b42318',
  pending: '#d29922',
  expired: '#8c959f',
} as const;

export const fonts = { text: 'Helvetica', bold: 'Helvetica-Bold', mono: 'Courier' } as const;

export const MARGIN = 50;
const TOP = 72;
const BOTTOM = 64;

/** A4 in points; room for the running header and footer is in the margins. */
export const pageOptions = {
  size: 'A4',
  margins: { top: TOP, bottom: BOTTOM, left: MARGIN, right: MARGIN },
} as const;

export function contentWidth({ page }: Pdf): number {
  return page.width - 2 * MARGIN;
}

export function contentBottom({ page }: Pdf): number {
  return page.height - BOTTOM;
}

/** Starts a page unless `height` still fits on this one. */
export function ensureRoom(pdf: Pdf, height: number): void {
  if (pdf.y + height > contentBottom(pdf)) pdf.addPage();
}

/** A heading that is not left alone at the foot of a page. */
export function heading(pdf: Pdf, title: string): void {
  ensureRoom(pdf, 110);
  if (pdf.y > TOP) pdf.y += 16;
  const { y } = pdf;
  pdf.font(fonts.bold).fontSize(14).fillColor(colours.accent).text(printable(title), MARGIN, y);
  pdf
    .moveTo(MARGIN, pdf.y + 2)
    .lineTo(MARGIN + contentWidth(pdf), pdf.y + 2)
    .lineWidth(0.75)
    .strokeColor(colours.line)
    .stroke();
  pdf.y += 10;
  pdf.outline.addItem(title);
}

export function paragraph(
  pdf: Pdf,
  { text, size = 9.5, colour = colours.ink }: { text: string; size?: number; colour?: string },
): void {
  const shown = printable(text);
  pdf.font(fonts.text).fontSize(size);
  ensureRoom(pdf, Math.min(pdf.heightOfString(shown, { width: contentWidth(pdf), lineGap: 1.5 }), 200));
  pdf.fillColor(colour).text(shown, MARGIN, pdf.y, { width: contentWidth(pdf), lineGap: 1.5 });
  pdf.y += 6;
}
