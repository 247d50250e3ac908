import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createFrontier, hashEntry, rootHash } from '@bonafide/core/audit';
import { digestOf } from '@bonafide/core/identity';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqliteStore } from '../open.ts';
import { initial } from './0001-initial.ts';
import { chain } from './0002-chain.ts';
import { decisions } from './0003-decisions.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-migration-'));
});
afterEach(() => rm(folder, { recursive: true }));

const AT = '2026-01-01T00:00:00.000Z';
// Not in canonical order, as they were written before there was a tree.
const data = (index: number) => ({ reason: 'é', agentId: 'x', action: `a.${index}`, 10: 'ten', 9: 'nine' });

it('gives entries from before their leaves, in a tree for each workspace, and goes on with it', async () => {
  const path = join(folder, 'gateway.db');
  const old = new DatabaseSync(path);
  for (const sql of [initial, chain, decisions]) old.exec(sql);
  old.exec('PRAGMA user_version = 3');
  const insert = old.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const sizes = { a: 21, b: 1 };
  for (const [workspace, size] of Object.entries(sizes)) {
    for (let sequence = 1; sequence <= size; sequence++) {
      const requestId = sequence % 2 ? null : `r-${sequence}`;
      insert.run(
        workspace,
        sequence,
        AT,
        'system',
        'x.y',
        `s-${sequence}`,
        requestId,
        JSON.stringify(data(sequence)),
      );
    }
  }
  old.close();

  const store = openSqliteStore(path);
  try {
    const entry = { at: AT, actor: 'agent:y', event: 'x.z', subject: 's', data: { n: 1 } };
    await store.commit((tables) => tables.audit.append({ workspace: 'a', ...entry }));
    for (const [workspace, size] of [
      ['a', 22],
      ['b', 1],
    ] as const) {
      const { read } = store;
      const leaves = read.audit.listLeaves({ workspace, fromSequence: 1, throughSequence: size });
      const tree = createFrontier();
      for (const { entry: each, leafHash } of leaves) {
        expect(each.dataDigest).toBe(digestOf(each.data));
        expect(Buffer.from(leafHash)).toEqual(Buffer.from(hashEntry(each)));
        tree.append(leafHash);
      }
      const node = (level: number, position: number) =>
        read.auditTree.getNode({ workspace, level, position }) ?? expect.fail(`no node ${level}/${position}`);
      expect(Buffer.from(rootHash(node, size))).toEqual(Buffer.from(tree.root()));
      expect(read.auditTree.getSize(workspace)).toBe(size);
    }
    const [seventh] = store.read.audit.list(
      { workspace: 'a', agentId: 'x', action: 'a.7' },
      { after: 0, limit: 9 },
    );
    expect(seventh).toMatchObject({ sequence: 7, subject: 's-7', data: data(7) });
    expect(seventh).not.toHaveProperty('requestId');
  } finally {
    await store.close();
  }
});
