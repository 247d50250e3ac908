import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_KV_BYTES } from '@bonafide/core/models';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSqliteStore } from '../stores/sqlite/open.ts';
import type { Store } from '../stores/store.ts';
import { kvCallsOf } from '../testing/kv-calls.ts';
import { type Body, startGateway } from '../testing/test-gateway.ts';
import { listKeys } from './list.ts';

let folder: string;
let store: Store;
let runs = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-kv-'));
  store = openSqliteStore(join(folder, 'store.db'));
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const now = '2026-01-01T00:00:00.000Z';
const alphabet = ['a', 'b', 'B', '/', '%', '_', 'ä', '～', '😀'];
const key = fc
  .array(fc.constantFrom(...alphabet), { minLength: 1, maxLength: 4 })
  .map((each) => each.join(''));

interface Step {
  readonly adds: readonly string[];
  readonly removes: readonly string[];
  readonly limit: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  adds: fc.array(key, { maxLength: 4 }),
  removes: fc.array(key, { maxLength: 4 }),
  limit: fc.integer({ min: 1, max: 5 }),
});

async function change(name: string, { adds, removes }: Pick<Step, 'adds' | 'removes'>): Promise<void> {
  await store.commit(({ kv }) => {
    for (const each of removes) kv.remove({ namespace: name, key: each }, 1);
    for (const each of adds) {
      const entry = { namespace: name, key: each, value: '1', version: 1, updatedAt: now, updatedBy: 'x' };
      if (!kv.get(entry)) kv.insert(entry);
    }
  });
}

it('a list shows every key that stays exactly once, however others come and go between its pages', async () => {
  const inputs = [
    fc.uniqueArray(key, { maxLength: 40 }),
    fc.array(step, { minLength: 1 }),
    fc.constantFrom('', 'a', '/', '😀'),
  ] as const;
  await fc.assert(
    fc.asyncProperty(...inputs, async (keys, steps, prefix) => {
      const name = `workspace/${runs++}`;
      const namespace = { name, onBehalf: undefined, allows: () => true, assert: () => undefined };
      await change(name, { adds: keys, removes: [] });
      const isThere = (each: string) => store.read.kv.get({ namespace: name, key: each }) !== undefined;
      let staying = keys.filter((each) => each.startsWith(prefix));
      const seen: string[] = [];
      let cursor: string | undefined;
      for (let index = 0; ; index += 1) {
        const { limit, ...changes } = steps[index % steps.length] ?? { limit: 1, adds: [], removes: [] };
        const page = listKeys(store.read, { namespace, prefix, now, input: { cursor, limit } });
        expect(page.items.length).toBeLessThanOrEqual(limit);
        seen.push(...page.items.map((each) => each.key));
        cursor = page.nextCursor;
        if (cursor === undefined) break;
        await change(name, changes);
        staying = staying.filter((each) => !changes.removes.includes(each) && isThere(each));
      }
      expect(seen).toEqual(seen.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
      expect(new Set(seen).size).toBe(seen.length);
      expect(staying.filter((each) => !seen.includes(each))).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

it('a list ends a page before large values make it huge, and takes no cursor but its own', async () => {
  await using gateway = await startGateway();
  const { put, list } = kvCallsOf(gateway);
  const value = 'x'.repeat(MAX_KV_BYTES - 2);
  for (let index = 0; index < 6; index += 1) await put({ key: `k${index}`, value });
  const first = await list({ limit: 100 });
  expect(first.items.map((each: Body) => each.key)).toEqual(['k0', 'k1', 'k2', 'k3']);
  const second = await list({ limit: 100, cursor: first.nextCursor });
  expect(second.items.map((each: Body) => each.key)).toEqual(['k4', 'k5']);
  expect(second).not.toHaveProperty('nextCursor');
  const longest = '～'.repeat(256);
  await put({ key: longest, value: 1 });
  await put({ key: `${longest.slice(1)}😀`.slice(0, 255), value: 1 });
  const { nextCursor } = await list({ prefix: '～', limit: 1 });
  expect((await list({ prefix: '～', limit: 1, cursor: nextCursor })).items).toHaveLength(1);
  for (const cursor of ['', 'x', '====', `${nextCursor}A`, Buffer.from('a\nb').toString('base64url')])
    expect(await list({ cursor })).toMatchObject({ code: 'VALIDATION_FAILED' });
});
