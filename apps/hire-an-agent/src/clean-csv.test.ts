import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cleanCsv, scoreCleaning } from './clean-csv.ts';

const orders = readFileSync(new URL('../data/orders.csv', import.meta.url), 'utf8');

describe('cleanCsv', () => {
  it('drops empty and repeated rows and counts what it did', () => {
    const { statistics } = cleanCsv(orders);
    expect(statistics).toMatchObject({ rowsIn: 16, rowsOut: 12, emptyRowsDropped: 2, duplicatesDropped: 2 });
    expect(statistics.columns.find(({ column }) => column === 'amount_usd')).toEqual({
      column: 'amount_usd',
      filled: 9,
      missing: 3,
      distinct: 9,
      minimum: 52.4,
      maximum: 1024,
      mean: 236.083333,
    });
  });

  it('keeps quoted commas and trims the rest', () => {
    expect(cleanCsv(orders).cleanedCsv).toContain('1004,"Hamilton, Margaret",US,230.10,2026-03-05\n');
  });

  it('changes nothing the second time', () => {
    const { cleanedCsv } = cleanCsv(orders);
    expect(cleanCsv(cleanedCsv).cleanedCsv).toBe(cleanedCsv);
  });

  it.each(['', 'only,a,header\n', 'a,b\n1,2,3\n', '"unclosed\n'])('refuses what is no CSV: %j', (text) => {
    expect(() => cleanCsv(text)).toThrow();
  });
});

describe('scoreCleaning', () => {
  it('gives 100 to the same result and less than half to untouched input', () => {
    const expected = cleanCsv(orders);
    expect(scoreCleaning(expected, cleanCsv(orders))).toBe(100);
    const empty = { rowsIn: 0, rowsOut: 0, emptyRowsDropped: 0, duplicatesDropped: 0, columns: [] };
    expect(scoreCleaning(expected, { cleanedCsv: orders, statistics: empty })).toBeLessThan(50);
  });
});
