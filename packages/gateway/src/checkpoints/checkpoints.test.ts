import { MAX_CHECKPOINT_BYTES, MAX_CHECKPOINTS } from '@bonafide/core/models';
import type { OperationId } from '@bonafide/core/operations';
import { describe, expect, it } from 'vitest';
import { openSqliteStore } from '../stores/sqlite/open.ts';
import { joinAs } from '../testing/people.ts';
import { type Body, type Sender, startGateway, type TestGateway } from '../testing/test-gateway.ts';
import { sweepCheckpoints } from './sweep.ts';

type Call = (input?: Body) => Promise<Body>;

function callsOf(gateway: TestGateway, sender: Sender): Record<'save' | 'load' | 'list' | 'remove', Call> {
  const call =
    (id: OperationId): Call =>
    async (input = {}) =>
      (await gateway.call(sender, id, input)).body;
  return {
    save: call('checkpoints.save'),
    load: call('checkpoints.load'),
    list: call('checkpoints.list'),
    remove: call('checkpoints.delete'),
  };
}

describe('a checkpoint', () => {
  it('is loaded as it was saved, after a restart too; an empty state is not a missing one', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('worker');
    const { save, load } = callsOf(gateway, agent);
    expect(await load()).toEqual({ isFound: false });
    for (const data of [null, '', {}, [], 0, false, { step: 3, seen: ['ü', { a: null }] }]) {
      const checkpoint = await save({ data });
      expect(checkpoint).toMatchObject({ key: 'default', bytes: Buffer.byteLength(JSON.stringify(data)) });
      expect(await load()).toEqual({ isFound: true, data, checkpoint });
    }
    const restarted = await gateway.restart();
    expect(await callsOf(restarted, agent).load()).toMatchObject({ isFound: true, data: { step: 3 } });
    await restarted[Symbol.asyncDispose]();
  });

  it('is saved and deleted only at the version that was asked for, which never comes twice', async () => {
    await using gateway = await startGateway();
    const { save, remove } = callsOf(gateway, await gateway.register('worker'));
    const refused = (version: number) => ({ code: 'CONFLICT', details: { version } });
    expect(await save({ data: 1, ifVersion: 1 })).toMatchObject(refused(0));
    expect(await save({ data: 1, ifVersion: 0 })).toMatchObject({ version: 1 });
    expect(await save({ data: 2, ifVersion: 0 })).toMatchObject(refused(1));
    expect(await save({ data: 2, ifVersion: 1 })).toMatchObject({ version: 2 });
    expect(await remove({ ifVersion: 1 })).toMatchObject(refused(2));
    expect(await remove({ ifVersion: 2 })).toEqual({ isDeleted: true });
    expect(await remove({})).toEqual({ isDeleted: false });
    expect((await save({ data: 3, ifVersion: 0 })).version).toBeGreaterThan(2);
  });

  it('belongs to its owner: no other agent, person or workspace sees it', async () => {
    await using gateway = await startGateway();
    const { ownerToken } = await gateway.gateway.createWorkspace('other');
    const { save } = callsOf(gateway, await gateway.register('worker'));
    await save({ key: 'k', data: 'mine' });
    const namesake = callsOf(gateway, { token: ownerToken });
    const others = [
      await gateway.register('worker2'),
      { token: gateway.ownerToken },
      await joinAs(gateway, 'member'),
    ];
    for (const { load, list, remove } of [namesake, ...others.map((each) => callsOf(gateway, each))]) {
      expect(await load({ key: 'k' })).toEqual({ isFound: false });
      expect(await list()).toEqual({ items: [] });
      expect(await remove({ key: 'k' })).toEqual({ isDeleted: false });
    }
  });

  it('ends with its time to live, and a save without one keeps it for good', async () => {
    let nowMs = Date.parse('2026-01-01T00:00:00Z');
    const now = () => nowMs;
    await using gateway = await startGateway({ now, sweepIntervalMs: 2 ** 31 - 1 });
    const { save, load, list } = callsOf(gateway, { token: gateway.ownerToken });
    await save({ key: 'a', data: 1, ttlSeconds: 10 });
    await save({ key: 'b', data: 1, ttlSeconds: 10 });
    expect(await save({ key: 'b', data: 2 })).not.toHaveProperty('expiresAt');
    nowMs += 10_000;
    expect(await load({ key: 'a' })).toEqual({ isFound: false });
    expect((await list()).items).toMatchObject([{ key: 'b' }]);
    expect(await save({ key: 'a', data: 2, ifVersion: 1 })).toMatchObject({ code: 'CONFLICT' });
    const store = openSqliteStore(gateway.database);
    await sweepCheckpoints({ store, now });
    expect(store.read.checkpoints.listExpired('9999', 10)).toEqual([]);
    await store.close();
    nowMs -= 60_000;
    expect(await load({ key: 'a' })).toEqual({ isFound: false });
    expect(await save({ key: 'a', data: 3, ifVersion: 0 })).toMatchObject({ version: 2 });
  });

  it('has at most 1 MiB of JSON, and an owner at most a thousand', async () => {
    await using gateway = await startGateway();
    const { save, list, remove } = callsOf(gateway, await gateway.register('worker'));
    const most = 'x'.repeat(MAX_CHECKPOINT_BYTES - 2);
    expect(await save({ key: '0', data: most })).toMatchObject({ bytes: MAX_CHECKPOINT_BYTES });
    expect(await save({ key: '0', data: `${most}x` })).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    const store = openSqliteStore(gateway.database);
    await store.commit(({ checkpoints }) => {
      const owner = { workspace: 'default', owner: 'ag::default::worker::default' };
      for (let index = 1; index < MAX_CHECKPOINTS; index += 1) {
        const info = { key: String(index), version: 1, bytes: 1, savedAt: '2026-01-01T00:00:00.000Z' };
        checkpoints.insert({ ...owner, ...info }, '1');
      }
    });
    await store.close();
    expect(await save({ key: 'more', data: 1 })).toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(await save({ key: '0', data: 1 })).toMatchObject({ version: 2 });
    await remove({ key: '1' });
    expect(await save({ key: 'more', data: 1 })).toMatchObject({ key: 'more' });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ limit: 100, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.items.map(({ key }: Body) => key));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(MAX_CHECKPOINTS);
    expect(seen).toHaveLength(MAX_CHECKPOINTS);
  });

  it('takes keys of any script, with cursors for the longest', async () => {
    await using gateway = await startGateway();
    const { save, load, list } = callsOf(gateway, { token: gateway.ownerToken });
    const keys = ['～'.repeat(128), `a${'～'.repeat(127)}`, 'a/b', '😀', ' '];
    for (const [data, key] of keys.entries()) await save({ key, data });
    for (const [data, key] of keys.entries()) expect(await load({ key })).toMatchObject({ data });
    let [count, cursor] = [0, ''];
    for (;;) {
      const { items, nextCursor } = await list({ limit: 1, ...(cursor === '' ? {} : { cursor }) });
      count += items.length;
      if (nextCursor === undefined) break;
      cursor = nextCursor;
    }
    expect(count).toBe(keys.length);
    for (const key of ['', 'a\tb', 'x'.repeat(129)])
      expect(await save({ key, data: 1 })).toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});
