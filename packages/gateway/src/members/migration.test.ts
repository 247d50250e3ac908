import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { createGateway } from '../gateway.ts';
import { initial } from '../stores/sqlite/migrations/0001-initial.ts';
import { chain } from '../stores/sqlite/migrations/0002-chain.ts';
import { hashSecret } from '../tokens/secrets.ts';

const AT = '2026-01-01T00:00:00.000Z';

/** A database as a gateway left it that knew tokens, but no people. */
function writeOldDatabase(path: string): void {
  const database = new DatabaseSync(path);
  database.exec(initial);
  database.exec(chain);
  database.exec('PRAGMA user_version = 2');
  database.prepare('INSERT INTO workspaces (name, created_at) VALUES (?, ?)').run('default', AT);
  const insert = database.prepare(
    `INSERT INTO tokens (token_id, workspace, name, role, hash, created_at, revoked_at)
     VALUES (?, 'default', ?, ?, ?, ?, ?)`,
  );
  const id = (digit: number) => `01a1fe9c-0000-7000-8000-00000000000${digit}`;
  insert.run(id(1), 'first owner', 'owner', hashSecret('bft_old'), AT, null);
  insert.run(id(2), 'gone', 'owner', hashSecret('bft_gone'), AT, AT);
  insert.run(id(3), 'robot', 'reader', hashSecret('bft_robot'), AT, null);
  database.close();
}

it('a database from before there were people keeps its owner tokens, each of a person of its own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bonafide-old-'));
  const path = join(folder, 'gateway.db');
  writeOldDatabase(path);
  const gateway = await createGateway({ database: path, logLevel: 'silent' });
  const get = async (token: string, target: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await gateway.fetch(new Request(`http://127.0.0.1${target}`, { headers }));
    return { status: response.status, body: await response.json() };
  };
  const members = await get('bft_old', '/v1/members');
  const tokens = await get('bft_old', '/v1/tokens');
  const others = [await get('bft_gone', '/v1/agents'), await get('bft_robot', '/v1/agents')];
  await expect(gateway.createWorkspace('default')).rejects.toMatchObject({ code: 'CONFLICT' });
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
  expect(members.body.items).toMatchObject([
    { name: 'gone', role: 'owner', status: 'removed' },
    { name: 'first owner', role: 'owner', status: 'active' },
  ]);
  const { memberId } = members.body.items[1];
  expect(tokens.body.items[2]).toMatchObject({ name: 'first owner', role: 'owner', memberId });
  expect(tokens.body.items[0]).not.toHaveProperty('memberId');
  expect(others.map(({ status }) => status)).toEqual([401, 200]);
});
