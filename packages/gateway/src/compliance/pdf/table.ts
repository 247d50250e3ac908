import { pause } from '../pause.ts';
import { printable } from './printable.ts';
import { colours, contentBottom, contentWidth, fonts, MARGIN, type Pdf } from './sheet.ts';

export interface Column {
  readonly title: string;
  /** Share of the width; shares need not add up to anything. */
  readonly share: number;
  readonly align?: 'left' | 'right';
  readonly font?: 'text' | 'bold' | 'mono';
}

export interface Cell {
  readonly text: string;
  readonly colour?: string;
}

export type TableRow = readonly (string | Cell)[];

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly TableRow[];
  /** Shown in place of the table when there are no rows. */
  readonly empty: string;
}

const SIZE = 7.5;
const PAD = 4;
/** How many rows are drawn before other requests get their turn. */
const BATCH = 20;

/** Draws a table over as many pages as it needs, its header on top of each; no row is torn. */
export async function drawTable(pdf: Pdf, { columns, rows, empty }: Table): Promise<void> {
  if (rows.length === 0) {
    pdf
      .font(fonts.text)
      .fontSize(9)
      .fillColor(colours.muted)
      .text(empty, MARGIN, pdf.y, { width: contentWidth(pdf) });
    return;
  }
  const boxes = layOut(pdf, columns);
  drawHeader(pdf, boxes);
  for (const [index, row] of rows.entries()) {
    if (index % BATCH === BATCH - 1) await pause();
    const height = rowHeight(pdf, { boxes, row });
    if (pdf.y + height > contentBottom(pdf)) {
      pdf.addPage();
      drawHeader(pdf, boxes);
    }
    drawRow(pdf, { boxes, row, height });
  }
}

interface Box extends Column {
  readonly x: number;
  readonly width: number;
}

function layOut(pdf: Pdf, columns: readonly Column[]): readonly Box[] {
  const total = columns.reduce((sum, { share }) => sum + share, 0);
  let x = MARGIN;
  return columns.map((column) => {
    const box = { ...column, x, width: (contentWidth(pdf) * column.share) / total };
    x += box.width;
    return box;
  });
}

function drawHeader(pdf: Pdf, boxes: readonly Box[]): void {
  const row = boxes.map(({ title }) => ({ text: title, colour: '#ffffff' }));
  const bold = boxes.map((box) => ({ ...box, font: 'bold' as const }));
  const height = rowHeight(pdf, { boxes: bold, row });
  // With its first row, or a header would stand alone at the foot of the page.
  if (pdf.y + height + 40 > contentBottom(pdf)) pdf.addPage();
  pdf.rect(MARGIN, pdf.y, contentWidth(pdf), height).fill(colours.accent);
  drawCells(pdf, { boxes: bold, row, height });
}

interface RowToDraw {
  readonly boxes: readonly Box[];
  readonly row: TableRow;
  readonly height: number;
}

function drawRow(pdf: Pdf, { boxes, row, height }: RowToDraw): void {
  drawCells(pdf, { boxes, row, height });
  pdf
    .moveTo(MARGIN, pdf.y)
    .lineTo(MARGIN + contentWidth(pdf), pdf.y)
    .lineWidth(0.5)
    .strokeColor(colours.line)
    .stroke();
}

function drawCells(pdf: Pdf, { boxes, row, height }: RowToDraw): void {
  const { y } = pdf;
  for (const [index, box] of boxes.entries()) {
    const { text, colour = colours.ink } = toCell(row[index]);
    pdf
      .font(fonts[box.font ?? 'text'])
      .fontSize(SIZE)
      .fillColor(colour)
      .text(printable(text), box.x + PAD, y + PAD, {
        width: box.width - 2 * PAD,
        align: box.align ?? 'left',
      });
  }
  pdf.y = y + height;
}

function rowHeight(pdf: Pdf, { boxes, row }: { boxes: readonly Box[]; row: TableRow }): number {
  const heights = boxes.map((box, index) => {
    pdf.font(fonts[box.font ?? 'text']).fontSize(SIZE);
    return pdf.heightOfString(printable(toCell(row[index]).text), { width: box.width - 2 * PAD });
  });
  return Math.max(...heights) + 2 * PAD;
}

function toCell(cell: string | Cell | undefined): Cell {
  return typeof cell === 'object' ? cell : { text: cell ?? '' };
}
