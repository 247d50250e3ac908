import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MessageChannel } from 'node:worker_threads';
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

it('sees what another connection committed as soon as it pauses, and from the beginning of a transaction on', async () => {
  const { memo, table } = openFacts();
  table.getValue('a');
  theirs.exec("UPDATE facts SET value = '2'");
  await null;
  expect(table.getValue('a')).toBe('2');
  theirs.exec("UPDATE facts SET value = '3'");
  ours.exec('BEGIN IMMEDIATE');
  memo.check();
  expect(table.getValue('a')).toBe('3');
  ours.exec('COMMIT');
});

it('does not change its mind within one run, though it sees its own writes in it', () => {
  const { table, reads } = openFacts();
  expect(table.getValue('a')).toBe('1');
  theirs.exec("UPDATE facts SET value = '2'");
  expect([table.getValue('a'), reads()]).toEqual(['1', 1]);
  table.set('a', '3');
  expect(table.getValue('a')).toBe('3');
});

it('has seen what another process committed when word of it arrives, even right after a read', async () => {
  const { table } = openFacts();
  const { port1, port2 } = new MessageChannel();
  const seen: unknown[] = [];
  const told = new Promise<void>((resolve) => {
    let count = 0;
    port2.on('message', () => {
      seen.push(table.getValue('a'));
      // The next word may come in the same turn of the event loop; what it is about is committed by then.
      theirs.exec(`UPDATE facts SET value = '${++count + 1}'`);
      if (count === 3) resolve();
    });
  });
  for (let word = 0; word < 3; word++) port1.postMessage(word);
  await told;
  port1.close();
  expect(seen).toEqual(['1', '2', '3']);
});
