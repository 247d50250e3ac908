import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../repository.ts';

const page = readFileSync(join(repositoryRoot, 'docs', 'threat-model.md'), 'utf8');
const rows = page.split('\n').filter((line) => /^\| (?!Threat|-)/.test(line));
const named = rows.flatMap((row) =>
  [...row.matchAll(/`([\w./-]+\.test\.ts)`(?: "([^"]+)")?/g)].map(([, file = '', title = '']) => ({
    file,
    title,
  })),
);

describe('the threat model', () => {
  it('names a test for every threat', () => {
    expect(rows.length).toBeGreaterThan(40);
    for (const row of rows) expect(row).toMatch(/\.test\.ts`/);
  });

  it.each(named)('$file has "$title"', ({ file, title }) => {
    const path = join(repositoryRoot, 'packages', file);
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, 'utf8')).toContain(title);
  });
});
