import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

export interface ColumnStatistics {
  readonly column: string;
  readonly filled: number;
  readonly missing: number;
  readonly distinct: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly mean?: number;
}

export interface Statistics {
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly emptyRowsDropped: number;
  readonly duplicatesDropped: number;
  readonly columns: readonly ColumnStatistics[];
}

export interface CleaningResult {
  readonly cleanedCsv: string;
  readonly statistics: Statistics;
}

const MISSING = new Set(['', '-', 'n/a', 'na', 'null', 'none']);
const NUMBER = /^-?\d+(\.\d+)?$/;

const toColumnName = (header: string, index: number): string =>
  header
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '') || `column_${index + 1}`;

const toCell = (cell: string): string => {
  const trimmed = cell.trim();
  return MISSING.has(trimmed.toLowerCase()) ? '' : trimmed;
};

function statisticsOf(column: string, cells: readonly string[]): ColumnStatistics {
  const filled = cells.filter((cell) => cell !== '');
  const base = {
    column,
    filled: filled.length,
    missing: cells.length - filled.length,
    distinct: new Set(filled).size,
  };
  if (filled.length === 0 || !filled.every((cell) => NUMBER.test(cell))) return base;
  const numbers = filled.map(Number);
  const mean = numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
  return {
    ...base,
    minimum: Math.min(...numbers),
    maximum: Math.max(...numbers),
    mean: Math.round(mean * 1e6) / 1e6,
  };
}

/**
 * The work that is sold: trims cells, unifies missing values, drops empty and repeated rows, and counts.
 * Deterministic, so a validator can repeat it. Throws on text that is no CSV with a header and one row.
 */
export function cleanCsv(text: string): CleaningResult {
  const [header, ...rows]: string[][] = parse(text, {
    bom: true,
    skip_empty_lines: false,
    relax_column_count_less: true,
  });
  if (!header || rows.length === 0) throw new Error('The CSV needs a header line and at least one row.');
  const columns = header.map(toColumnName);
  const cells = rows.map((row) => columns.map((_, index) => toCell(row[index] ?? '')));
  const filled = cells.filter((row) => row.some((cell) => cell !== ''));
  const unique = [...new Map(filled.map((row) => [JSON.stringify(row), row])).values()];
  return {
    cleanedCsv: stringify([columns, ...unique]),
    statistics: {
      rowsIn: rows.length,
      rowsOut: unique.length,
      emptyRowsDropped: cells.length - filled.length,
      duplicatesDropped: filled.length - unique.length,
      columns: columns.map((column, index) =>
        statisticsOf(
          column,
          unique.map((row) => row[index] ?? ''),
        ),
      ),
    },
  };
}

/** Share of the expected lines and figures that a delivery got right, 0 to 100. */
export function scoreCleaning(expected: CleaningResult, delivered: CleaningResult): number {
  const lines = share(expected.cleanedCsv.split('\n'), delivered.cleanedCsv.split('\n'));
  const figures = share(figuresOf(expected.statistics), figuresOf(delivered.statistics));
  return Math.floor((lines * 0.5 + figures * 0.5) * 100);
}

const figuresOf = (statistics: Statistics): string[] => [
  `${statistics.rowsIn}/${statistics.rowsOut}/${statistics.emptyRowsDropped}/${statistics.duplicatesDropped}`,
  ...statistics.columns.map((column) => JSON.stringify(column, Object.keys(column).sort())),
];

function share(expected: readonly string[], delivered: readonly string[]): number {
  const right = expected.filter((each, index) => each === delivered[index]).length;
  return right / Math.max(expected.length, delivered.length);
}
