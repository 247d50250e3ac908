import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createMemo } from './memo.ts';

let folder: string;
let ours: DatabaseSync;
let theirs: DatabaseSync;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bonafide-memo-'));
  const path = join(folder, 'memo.db');
  ours = new DatabaseSync(path);
  ours.exec(
    "PRAGMA journal_mode = WAL; CREATE TABLE facts (name TEXT, value TEXT); INSERT INTO facts VALUES ('a', '1')",
  );
  theirs = new DatabaseSync(path);
});
afterEach(() => {
  ours.close();
  theirs.close();
  rmSync(folder, { recursive: true });
});

function openFacts() {
  let reads = 0;
  const memo = createMemo(ours);
  const table = memo.over(
    {
      getValue(name: string) {
        reads += 1;
        return ours.prepare('SELECT value FROM facts WHERE name = ?').get(name)?.value;
      },
      set: (name: string, value: string) =>
        void ours.prepare('UPDATE facts SET value = ? WHERE name = ?').run(value, name),
    },
    ['getValue'],
  );
  return { memo, table, reads: () => reads };
}

it('reads once what nobody changes, by its arguments', () => {
  const { table, reads } = openFacts();
  expect([table.getValue('a'), table.getValue('a'), table.getValue('b'), table.getValue('b')]).toEqual([
    '1',
    '1',
    undefined,
    undefined,
  ]);
  expect(reads()).toBe(2);
});

it('sees its own writes, also undone ones', () => {
  const { memo, table } = openFacts();
  table.getValue('a');
  ours.exec('BEGIN IMMEDIATE');
  table.set('a', '2');
  expect(table.getValue('a')).toBe('2');
  ours.exec('ROLLBACK');
  memo.forget();
  expect(table.getValue('a')).toBe('1');
});

it('sees what another connection committed, outside of a transaction and from its beginning on', () => {
  const { memo, table } = openFacts();
  table.getValue('a');
  theirs.exec("UPDATE facts SET value = '2'");
  expect(table.getValue('a')).toBe('2');
  theirs.exec("UPDATE facts SET value = '3'");
  ours.exec('BEGIN IMMEDIATE');
  memo.check();
  expect(table.getValue('a')).toBe('3');
  ours.exec('COMMIT');
});
