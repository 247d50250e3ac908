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

function renderTable(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const table = new Table({ head: names, chars: NO_BORDER, style: PLAIN });
  for (const row of rows) table.push(names.map((name) => cell(row[name])));
  return trimEnds(table.toString());
}

/** A table where it fits the width, else one record after the other: nothing is cut off. */
function renderRows(rows: readonly Row[], width: number): string {
  const table = renderTable(rows);
  const isWide = table.split('\n').some((line) => line.length > width);
  return isWide ? rows.map(renderRecord).join('\n\n') : table;
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
