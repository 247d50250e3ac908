import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { originOf, verifyAuditExport } from '@bonafide/core/audit';
import { createKeyPair } from '@bonafide/core/identity';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSign, loadBackend } from '../identity.ts';
import { openSqliteStore } from '../stores/sqlite/open.ts';
import type { Store } from '../stores/store.ts';
import { exportLog } from './export.ts';

const SIZE = 450;
const workspace = 'default';
const key = createKeyPair();

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-export-'));
  store = openSqliteStore(join(folder, 'gateway.db'));
  await append(SIZE);
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const append = (count: number) =>
  store.commit((tables) => {
    for (let index = 0; index < count; index++) tables.audit.append(entryOf('x.y', { index }));
  });

const entryOf = (event: string, data: Record<string, number>) => ({
  ...{ workspace, at: '2026-01-01T00:00:00.000Z', actor: 'system', event, subject: 's', data },
});

const prune = (limit: number) =>
  store.commit((tables) => {
    const pruned = tables.audit.prune({ workspace, before: '2027', limit });
    if (pruned) tables.audit.append(entryOf('audit.pruned', { ...pruned }));
  });

async function linesOf(options: { after?: number; meanwhile?: (line: number) => Promise<unknown> } = {}) {
  const sign = createSign(key, await loadBackend());
  const lines: string[] = [];
  const { after = 0, meanwhile } = options;
  for await (const item of exportLog({ tables: store.read, workspace }, { after, did: key.did, sign })) {
    if (!('data' in item)) throw new Error('an export has no resets');
    lines.push(JSON.stringify(item.data));
    await meanwhile?.(lines.length);
  }
  return lines;
}

const verify = (lines: readonly string[]) => verifyAuditExport(lines, { gatewayDid: key.did });

describe('an export', () => {
  it('ends where the log ended when it began, however much is appended meanwhile', async () => {
    const lines = await linesOf({ meanwhile: () => append(1) });
    expect(lines.length).toBe(SIZE + 1);
    expect(await verify(lines)).toMatchObject({ isValid: true, size: SIZE });
  });

  it('goes on to what the log says about data that retention removes meanwhile', async () => {
    const lines = await linesOf({ meanwhile: async (line) => line === 150 && prune(300) });
    const verdict = await verify(lines);
    expect(verdict).toMatchObject({ isValid: true, size: SIZE + 1, withoutData: 100 });
  });

  it('of an empty log, or after its last entry, is a signed checkpoint', async () => {
    const [only = '', ...none] = await linesOf({ after: SIZE });
    expect(none).toEqual([]);
    expect(JSON.parse(only).checkpoint).toMatchObject({ origin: originOf(key.did, workspace), size: SIZE });
  });

  it('shows what somebody changed in the database itself', async () => {
    await store.close();
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(join(folder, 'gateway.db'));
    database.exec(`UPDATE audit SET actor = 'agent:other' WHERE sequence = 7`);
    database.exec(`UPDATE audit SET data = '{"index":0}' WHERE sequence = 9`);
    database.close();
    store = openSqliteStore(join(folder, 'gateway.db'));
    const { findings } = await verify(await linesOf());
    expect(findings.map(({ kind, sequence }) => [kind, sequence])).toEqual([
      ['edited', 7],
      ['edited', 9],
    ]);
  });
});
