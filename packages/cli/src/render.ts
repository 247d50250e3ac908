import Table from 'cli-table3';
import { printable, printableJson } from './printable.ts';

const DEFAULT_WIDTH = 100;
const NO_BORDER = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};
const PLAIN = { head: [], border: [], 'padding-left': 0, 'padding-right': 0 };

type Row = Readonly<Record<string, unknown>>;

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value) && value.every((each) => typeof each === 'string'))
    return value.map(printable).join(', ');
  return printableJson(value);
}

const trimEnds = (text: string): string => text.replace(/ +$/gm, '');

/** One value per line, names aligned. */
export function renderRecord(record: Row): string {
  const table = new Table({ chars: NO_BORDER, style: PLAIN });
  for (const [name, value] of Object.entries(record)) table.push([name, cell(value)]);
  return trimEnds(table.toString());
}

const GAP = NO_BORDER.middle.length;
const LEAST_WRAPPED = 24;

const namesOf = (rows: readonly Row[]): string[] => [...new Set(rows.flatMap((row) => Object.keys(row)))];

/** A table whose last column is wrapped between words to `lastWidth`; as wide as it is without. */
function renderTable(rows: readonly Row[], lastWidth?: number): string {
  const names = namesOf(rows);
  const wrapped = lastWidth === undefined ? {} : { colWidths: [...Array(names.length - 1), lastWidth] };
  const table = new Table({ head: names, chars: NO_BORDER, style: PLAIN, ...wrapped, wordWrap: true });
  for (const row of rows) table.push(names.map((name) => cell(row[name])));
  return trimEnds(table.toString());
}

const widthOf = (table: string): number => Math.max(...table.split('\n').map((line) => line.length));

/** What is left for a last column of prose, undefined where it is none or too little. */
function roomForLast(rows: readonly Row[], width: number): number | undefined {
  const last = namesOf(rows).at(-1) ?? '';
  const others = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== last)));
  const room = width - widthOf(renderTable(others)) - GAP;
  const words = rows.flatMap((row) => cell(row[last]).split(' '));
  return room >= LEAST_WRAPPED && words.every((word) => word.length <= room) ? room : undefined;
}

/** A table where it fits the width, else one record after the other: nothing is cut off. */
function renderRows(rows: readonly Row[], width: number): string {
  const table = renderTable(rows);
  if (widthOf(table) <= width) return table;
  const room = roomForLast(rows, width);
  return room === undefined ? rows.map(renderRecord).join('\n\n') : renderTable(rows, room);
}

/** An answer as people read it. */
export function render(output: unknown, width: number = DEFAULT_WIDTH): string {
  if (!isRow(output)) return cell(output);
  const { items, nextCursor, ...rest } = output;
  if (!Array.isArray(items) || !items.every(isRow) || Object.keys(rest).length > 0)
    return renderRecord(output);
  const body = items.length === 0 ? 'Nothing found.' : renderRows(items, width);
  return typeof nextCursor === 'string'
    ? `${body}\n\nThere is more: --cursor ${printable(nextCursor)}`
    : body;
}
