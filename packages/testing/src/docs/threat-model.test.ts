import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../repository.ts';

const page = readFileSync(join(repositoryRoot, 'docs', 'threat-model.md'), 'utf8');
const rows = page.split('\n').filter((line) => /^\| (?!Threat|-)/.test(line));
const named = rows.flatMap((row) =>
  [...row.matchAll(/`([\w./-]+\.(?:test\.ts|t\.sol))`((?:;? "[^"]+")*)/g)].flatMap(
    ([, file = '', titles = '']) =>
      [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => ({ file, title })),
  ),
);

/** What was found in an earlier escrow for agents (AEGIS), by severity. */
const findings = [
  ...['C1', 'C2', 'C3'],
  ...['H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'H7', 'H8', 'H9', 'H10', 'H11'],
  ...['M1', 'M2', 'M3', 'M4', 'M5', 'M5b', 'M6', 'M7', 'M8', 'M9', 'M10'],
  ...['L1', 'L2', 'L3', 'L4'],
];

describe('the threat model', () => {
  it('names a test for every threat', () => {
    expect(rows.length).toBeGreaterThan(40);
    for (const row of rows) expect(row).toMatch(/\.(test\.ts|t\.sol)` "/);
  });

  it('has a test for every finding in the earlier escrow', () => {
    const known = rows.flatMap((row) => /^\| ([CHML]\d+b?): /.exec(row)?.[1] ?? []);
    expect(known).toEqual(findings);
  });

  it.each(named)('$file has "$title"', ({ file, title }) => {
    const path = join(repositoryRoot, 'packages', file);
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, 'utf8')).toContain(title);
  });
});
