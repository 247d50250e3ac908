import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { mappingRows } from './testing/mapping-tables.ts';

const page = readFileSync(new URL('../../../../docs/compliance.md', import.meta.url), 'utf8');

it.each(mappingRows())('docs/compliance.md says what the code does: %s', (row) => {
  expect(page.split('\n')).toContain(row);
});
