import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { openSqliteStore } from '../open.ts';

it('finds agents of before by their capabilities', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bonafide-peers-'));
  const path = join(folder, 'store.db');
  const at = '2026-01-01T00:00:00.000Z';
  const store = openSqliteStore(path);
  await store.commit(({ agents }) =>
    agents.insert({
      ...{ agentId: '1', did: 'did:1', name: 'x', agentType: 'ai_agent', description: '', workspace: 'a' },
      ...{ capabilities: ['csv', 'poem'], status: 'active', isListed: false, previousDids: [] },
      ...{ createdAt: at, updatedAt: at },
    }),
  );
  await store.close();
  const old = new DatabaseSync(path);
  for (const table of ['peers', 'agent_skills', 'agent_capabilities']) old.exec(`DROP TABLE ${table}`);
  old.exec('PRAGMA user_version = 19');
  old.close();
  const migrated = openSqliteStore(path);
  const find = (capability: string) =>
    migrated.read.agents.findProfiles({ workspace: 'a', capability }, { limit: 9 }).map(({ name }) => name);
  expect([find('csv'), find('poem'), find('song')]).toEqual([['x'], ['x'], []]);
  await migrated.close();
  rmSync(folder, { recursive: true });
});
