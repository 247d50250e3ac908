import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSqliteStore } from '../stores/sqlite/open.ts';
import type { Reader, Reads, Store } from '../stores/store.ts';
import { driftedServerOf } from './guard.ts';

let folder = '';
let store: Store;

const serverOf = (workspace: string, name: string, status: 'pinned' | 'drifted') => ({
  ...{ serverId: `${workspace}-${name}`, workspace, name, status, toolsDigest: '', seenToolsDigest: '' },
  ...{
    seenDigest: '',
    drift: [],
    registeredBy: '',
    publicKey: '',
    checkedAt: '',
    createdAt: '',
    updatedAt: '',
  },
  pinned: { transport: { type: 'http' as const, url: '', headerNames: [] }, tools: [] },
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-guard-'));
  store = openSqliteStore(join(folder, 'store.db'));
  await store.commit(({ mcpServers }) => {
    mcpServers.insert(serverOf('a', 'files', 'drifted'));
    mcpServers.insert(serverOf('a', 'search', 'pinned'));
    mcpServers.insert(serverOf('b', 'files', 'pinned'));
  });
});

afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const find = (workspace: string, resource: string | undefined) =>
  driftedServerOf({ tables: store.read, workspace }, resource);

it('names the drifted server that a resource belongs to, whole or one tool of it', () => {
  expect([find('a', 'mcp:files'), find('a', 'mcp:files/read'), find('a', 'mcp:files/a/b')]).toEqual([
    ...['files', 'files', 'files'],
  ]);
});

it.each(['mcp:search', 'mcp:', 'mcp:/files', 'mcp:filesx', 'files', 'db:mcp:files', ''])(
  'leaves %j alone',
  (resource) => expect(find('a', resource)).toBeUndefined(),
);

it.each(['mcp:FILES', 'MCP:files/read', 'Mcp:Files'])('is not dodged by spelling %j', (resource) =>
  expect(find('a', resource)).toBe('files'),
);

it('looks only in its own workspace', () => {
  expect(find('b', 'mcp:files')).toBeUndefined();
});

it('asks the store nothing about other resources', () => {
  const reader: Reader = {
    workspace: 'a',
    get tables(): Reads {
      throw new Error('asked');
    },
  };
  expect(driftedServerOf(reader, undefined)).toBeUndefined();
  expect(driftedServerOf(reader, 'db:customers')).toBeUndefined();
  expect(() => driftedServerOf(reader, 'mcp:files')).toThrow('asked');
});
