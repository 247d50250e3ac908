import { MAX_KV_BYTES, MAX_KV_KEYS } from '@bonafide/core/models';
import { describe, expect, it } from 'vitest';
import { openSqliteStore } from '../stores/sqlite/open.ts';
import { kvCallsOf } from '../testing/kv-calls.ts';
import { type Body, startGateway, type TestGateway } from '../testing/test-gateway.ts';

describe('a key', () => {
  it('is read as it was written, with who and when, and is missing before and after', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('worker');
    const { get, put, remove } = kvCallsOf(gateway, agent);
    expect(await get({ key: 'k' })).toEqual({ isFound: false });
    for (const value of [null, false, 0, '', [], { 'a "b"': ['ü\n', 1e300, -0.5] }]) {
      const written = await put({ key: 'k', value });
      expect(written).toMatchObject({ key: 'k', updatedBy: 'ag::default::worker::default' });
      expect(written).not.toHaveProperty('value');
      expect(await get({ key: 'k' })).toEqual({ isFound: true, entry: { ...written, value } });
    }
    expect(await remove({ key: 'k' })).toEqual({ isDeleted: true });
    expect(await remove({ key: 'k' })).toEqual({ isDeleted: false });
    expect(await get({ key: 'k' })).toEqual({ isFound: false });
  });

  it('never has a version twice, also when it is deleted and made again', async () => {
    await using gateway = await startGateway();
    const { put, remove, increment } = kvCallsOf(gateway);
    const versions = [
      (await put({ key: 'k', value: 1 })).version,
      (await put({ key: 'k', value: 1 })).version,
      (await increment({ key: 'k' })).version,
    ];
    await remove({ key: 'k' });
    versions.push((await put({ key: 'k', value: 1, ifVersion: 0 })).version);
    await remove({ key: 'k' });
    await put({ key: 'other', value: 1 });
    versions.push((await increment({ key: 'k' })).version);
    expect(versions.slice(0, 3)).toEqual([1, 2, 3]);
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    expect(new Set(versions).size).toBe(versions.length);
  });

  it('is written and deleted only at the version that was asked for', async () => {
    await using gateway = await startGateway();
    const { get, put, remove } = kvCallsOf(gateway);
    const refused = (version: number) => ({ code: 'CONFLICT', details: { version } });
    expect(await put({ key: 'k', value: 1, ifVersion: 1 })).toMatchObject(refused(0));
    expect(await put({ key: 'k', value: 1, ifVersion: 0 })).toMatchObject({ version: 1 });
    expect(await put({ key: 'k', value: 2, ifVersion: 0 })).toMatchObject(refused(1));
    expect(await put({ key: 'k', value: 2, ifVersion: 1 })).toMatchObject({ version: 2 });
    expect(await put({ key: 'k', value: 3, ifVersion: 1 })).toMatchObject(refused(2));
    expect(await remove({ key: 'k', ifVersion: 1 })).toMatchObject(refused(2));
    expect((await get({ key: 'k' })).entry).toMatchObject({ value: 2, version: 2 });
    expect(await remove({ key: 'k', ifVersion: 2 })).toEqual({ isDeleted: true });
    expect(await remove({ key: 'k', ifVersion: 2 })).toMatchObject(refused(0));
  });

  it('may be spelled in any script, and is no path, pattern or part of SQL', async () => {
    await using gateway = await startGateway();
    const { get, put, list, remove } = kvCallsOf(gateway);
    const keys = [
      'a/b//c',
      '../x',
      '%2F',
      '%',
      '_',
      "'; --",
      '键/ключ',
      '😀',
      ' ',
      'a b',
      '__proto__',
      'é',
      'e\u0301',
    ];
    for (const [value, key] of keys.entries()) await put({ key, value, ifVersion: 0 });
    for (const [value, key] of keys.entries())
      expect((await get({ key })).entry).toMatchObject({ key, value });
    expect((await list({ limit: 100 })).items).toHaveLength(keys.length);
    expect((await list({ prefix: '%' })).items.map(({ key }: Body) => key)).toEqual(['%', '%2F']);
    for (const key of keys) expect(await remove({ key })).toEqual({ isDeleted: true });
    for (const key of ['', 'a\nb', 'a\u0000', '\u202e', 'x'.repeat(257), '\u{10ffff}'])
      expect(await put({ key, value: 1 })).toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('has at most 256 KiB of JSON, and the same answer for the same idempotency key', async () => {
    await using gateway = await startGateway();
    const owner = { token: gateway.ownerToken };
    const { get, put } = kvCallsOf(gateway);
    const most = 'ü'.repeat((MAX_KV_BYTES - 2) / 2);
    expect(await put({ key: 'k', value: most })).toMatchObject({ version: 1 });
    expect(await put({ key: 'k', value: `${most}x` })).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    expect((await get({ key: 'k' })).entry).toMatchObject({ value: most, version: 1 });
    const headers = { 'idempotency-key': 'once' };
    const add = () => gateway.call(owner, 'kv.increment', { key: 'n', by: 5 }, headers);
    const [first, second] = [await add(), await add()];
    expect([first.body, second.body]).toEqual(Array(2).fill({ isApplied: true, value: 5, version: 1 }));
  });

  it('is refused beyond the number of keys that a scope can hold', async () => {
    await using gateway = await startGateway();
    const { put, increment, remove } = kvCallsOf(gateway);
    await put({ key: 'first', value: 1 });
    await using store = storeOf(gateway);
    await store.commit(({ kv }) => {
      for (let index = 1; index < MAX_KV_KEYS; index += 1) {
        const key = `filler-${index}`;
        const entry = { namespace: 'workspace/default', key, value: '1', version: 1 };
        kv.insert({ ...entry, updatedAt: '2026-01-01T00:00:00.000Z', updatedBy: 'x' });
      }
    });
    expect(await put({ key: 'more', value: 1 })).toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(await increment({ key: 'more' })).toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(await put({ key: 'first', value: 2 })).toMatchObject({ version: 2 });
    expect(await put({ key: 'more', value: 1, scope: 'user' })).toMatchObject({ version: 1 });
    await remove({ key: 'filler-1' });
    expect(await put({ key: 'more', value: 1 })).toMatchObject({ key: 'more' });
  });
});

function storeOf({ database }: TestGateway) {
  const store = openSqliteStore(database);
  return { ...store, [Symbol.asyncDispose]: () => store.close() };
}

describe('an increment', () => {
  it('starts at 0, goes both ways, and stops at its bounds', async () => {
    await using gateway = await startGateway();
    const { increment, get } = kvCallsOf(gateway);
    expect(await increment({ key: 'n', by: 3, atMost: 2 })).toEqual({
      isApplied: false,
      value: 0,
      version: 0,
    });
    expect(await get({ key: 'n' })).toEqual({ isFound: false });
    expect(await increment({ key: 'n', by: 2, atMost: 2 })).toEqual({
      isApplied: true,
      value: 2,
      version: 1,
    });
    expect(await increment({ key: 'n', atMost: 2 })).toEqual({ isApplied: false, value: 2, version: 1 });
    expect(await increment({ key: 'n', by: -2, atLeast: 0 })).toEqual({
      isApplied: true,
      value: 0,
      version: 2,
    });
    expect(await increment({ key: 'n', by: -1, atLeast: 0 })).toEqual({
      isApplied: false,
      value: 0,
      version: 2,
    });
    expect(await increment({ key: 'n', by: -7 })).toEqual({ isApplied: true, value: -7, version: 3 });
  });

  it('refuses what is no integer, and sums that would not be exact', async () => {
    await using gateway = await startGateway();
    const { increment, put, get } = kvCallsOf(gateway);
    for (const value of ['1', 1.5, null, [1], 1e300]) {
      await put({ key: 'n', value });
      expect(await increment({ key: 'n' })).toMatchObject({ code: 'CONFLICT' });
      expect((await get({ key: 'n' })).entry.value).toEqual(value);
    }
    await put({ key: 'n', value: Number.MAX_SAFE_INTEGER });
    expect(await increment({ key: 'n' })).toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(await increment({ key: 'n', atMost: Number.MAX_SAFE_INTEGER })).toMatchObject({
      isApplied: false,
    });
    expect(await increment({ key: 'n', by: -1 })).toMatchObject({ value: Number.MAX_SAFE_INTEGER - 1 });
  });

  it('counts each of many that come at once', async () => {
    await using gateway = await startGateway();
    const { increment } = kvCallsOf(gateway);
    const answers = await Promise.all(Array.from({ length: 100 }, () => increment({ key: 'n' })));
    expect(answers.map(({ value }) => value).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
  });
});
