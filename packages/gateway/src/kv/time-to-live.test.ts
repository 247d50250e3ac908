import { describe, expect, it } from 'vitest';
import { createMemoryBus } from '../bus/memory/memory-bus.ts';
import { createLedger } from '../ledger.ts';
import { openSqliteStore } from '../stores/sqlite/open.ts';
import { kvCallsOf } from '../testing/kv-calls.ts';
import { startGateway } from '../testing/test-gateway.ts';
import { SECOND_MS } from '../time.ts';
import { sweepKeys } from './sweep.ts';

const NEVER_MS = 2 ** 31 - 1;

/** A gateway whose clock stands still until the test moves it, and which sweeps only when told to. */
async function startAt(time: string) {
  let nowMs = Date.parse(time);
  const now = () => nowMs;
  const gateway = await startGateway({ now, sweepIntervalMs: NEVER_MS });
  return {
    ...kvCallsOf(gateway),
    pass(seconds: number) {
      nowMs += seconds * SECOND_MS;
    },
    async sweep() {
      const store = openSqliteStore(gateway.database);
      await sweepKeys({ store, now, ledger: createLedger({ store, bus: createMemoryBus(), now }) });
      const { newest } = store.read.kvChanges.getBounds('workspace/default');
      const changes = store.read.kvChanges.listAfter({
        namespace: 'workspace/default',
        after: 0,
        limit: newest,
      });
      await store.close();
      return changes.map(({ change, key, version }) => `${change} ${key} ${version}`);
    },
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

describe('a time to live', () => {
  it('ends a key at its very second for all operations, swept or not', async () => {
    await using at = await startAt('2026-01-01T00:00:00Z');
    await at.put({ key: 'k', value: 1, ttlSeconds: 10 });
    await at.put({ key: 'n', value: 5, ttlSeconds: 10 });
    at.pass(9);
    expect((await at.get({ key: 'k' })).entry).toMatchObject({ expiresAt: '2026-01-01T00:00:10.000Z' });
    at.pass(1);
    expect(await at.get({ key: 'k' })).toEqual({ isFound: false });
    expect((await at.list({})).items).toEqual([]);
    expect(await at.remove({ key: 'k' })).toEqual({ isDeleted: false });
    expect(await at.put({ key: 'k', value: 2, ifVersion: 1 })).toMatchObject({ code: 'CONFLICT' });
    expect(await at.put({ key: 'k', value: 2, ifVersion: 0 })).not.toHaveProperty('expiresAt');
    expect(await at.increment({ key: 'n' })).toMatchObject({ value: 1 });
  });

  it('stays through puts and increments that say nothing of it, and goes or changes when told', async () => {
    await using at = await startAt('2026-01-01T00:00:00Z');
    const expiresAt = '2026-01-01T00:00:10.000Z';
    await at.put({ key: 'k', value: 1, ttlSeconds: 10 });
    at.pass(5);
    expect(await at.put({ key: 'k', value: 2 })).toMatchObject({ expiresAt });
    await at.increment({ key: 'k' });
    expect((await at.get({ key: 'k' })).entry).toMatchObject({ value: 3, expiresAt });
    await at.increment({ key: 'k', ttlSeconds: 20 });
    expect((await at.get({ key: 'k' })).entry).toMatchObject({ expiresAt: '2026-01-01T00:00:25.000Z' });
    expect(await at.put({ key: 'k', value: 5, ttlSeconds: null })).not.toHaveProperty('expiresAt');
    at.pass(1_000_000);
    expect((await at.get({ key: 'k' })).entry).toMatchObject({ value: 5 });
  });

  it('tells followers of its end once, before what comes next', async () => {
    await using at = await startAt('2026-01-01T00:00:00Z');
    await at.put({ key: 'a', value: 1, ttlSeconds: 10 });
    await at.put({ key: 'b', value: 1, ttlSeconds: 10 });
    at.pass(10);
    await at.put({ key: 'a', value: 2 });
    const wanted = ['put a 1', 'put b 1', 'expired a 2', 'put a 3', 'expired b 2'];
    expect(await at.sweep()).toEqual(wanted);
    expect(await at.sweep()).toEqual(wanted);
  });

  it('brings nothing back when the clock is set back, and versions still rise', async () => {
    await using at = await startAt('2026-01-01T00:00:00Z');
    await at.put({ key: 'k', value: 1, ttlSeconds: 10 });
    at.pass(10);
    await at.sweep();
    at.pass(-3600);
    expect(await at.get({ key: 'k' })).toEqual({ isFound: false });
    const { version, updatedAt } = await at.put({ key: 'k', value: 2, ttlSeconds: 10 });
    expect({ version, updatedAt }).toEqual({ version: 3, updatedAt: '2025-12-31T23:00:10.000Z' });
    expect(await at.sweep()).toEqual(['put k 1', 'expired k 2', 'put k 3']);
    expect((await at.get({ key: 'k' })).entry).toMatchObject({ value: 2 });
    at.pass(10);
    expect(await at.get({ key: 'k' })).toEqual({ isFound: false });
  });
});
