import { describe, expect, it } from 'vitest';
import { openSqliteStore } from '../stores/sqlite/open.ts';
import { type EventStream, openStream } from '../testing/event-stream.ts';
import { kvCallsOf } from '../testing/kv-calls.ts';
import { type Sender, startGateway, type TestGateway } from '../testing/test-gateway.ts';

interface Watching {
  readonly sender?: Sender;
  readonly query?: string;
  readonly lastEventId?: string;
}

function watch(gateway: TestGateway, { sender, query = '', ...rest }: Watching = {}): Promise<EventStream> {
  const path = `/v1/kv/watch${query}`;
  return openStream(gateway, { sender: sender ?? { token: gateway.ownerToken }, path, ...rest });
}

/** The next frames, each as `change key version value` or `reset`, with the cursor of the last. */
async function take(stream: EventStream, count: number): Promise<{ seen: string[]; cursor: string }> {
  const seen: string[] = [];
  let cursor = '';
  for (let index = 0; index < count; index += 1) {
    const frame = await stream.next();
    if (!frame) throw new Error(`ended after ${seen.join(', ')}`);
    const { change, key, version, value } = frame.data;
    if (frame.event === 'reset') seen.push('reset');
    else seen.push([change, key, version, ...(value === undefined ? [] : [JSON.stringify(value)])].join(' '));
    cursor = frame.id ?? cursor;
  }
  return { seen, cursor };
}

/** Makes the log of changes forget all but its newest. */
async function forgetChanges({ database }: TestGateway): Promise<void> {
  const store = openSqliteStore(database);
  await store.commit(({ kvChanges }) => kvChanges.prune({ before: '9999', keep: 1 }));
  await store.close();
}

describe('a watch', () => {
  it('begins with the keys as they are, and tells each change in order', async () => {
    await using gateway = await startGateway();
    const { put, remove, increment } = kvCallsOf(gateway);
    await put({ key: 'b', value: [1] });
    await put({ key: 'gone', value: 1 });
    await remove({ key: 'gone' });
    await put({ key: 'a', value: 1 });
    await using stream = await watch(gateway);
    expect((await take(stream, 2)).seen).toEqual(['put a 3 1', 'put b 1 [1]']);
    await Promise.all([put({ key: 'a', value: 2 }), increment({ key: 'a', by: 5 }), increment({ key: 'a' })]);
    await remove({ key: 'a' });
    await put({ key: 'c', value: null });
    const { seen } = await take(stream, 5);
    expect(seen.slice(0, 3).map((each) => each.slice(0, 7))).toEqual(['put a 4', 'put a 5', 'put a 6']);
    expect(seen.slice(3)).toEqual(['deleted a 7', 'put c 8 null']);
  });

  it('tells of one scope and one prefix only', async () => {
    await using gateway = await startGateway();
    const { put } = kvCallsOf(gateway);
    const { ownerToken } = await gateway.gateway.createWorkspace('other');
    await using stream = await watch(gateway, { query: '?prefix=a%2F' });
    const elsewhere = kvCallsOf(gateway, { token: ownerToken });
    await elsewhere.put({ key: 'a/x', value: 'of another workspace' });
    await put({ key: 'a/x', value: 'of a user', scope: 'user' });
    await put({ key: 'b', value: 'beyond the prefix' });
    await put({ key: 'a/x', value: 'shown' });
    expect((await take(stream, 1)).seen).toEqual(['put a/x 1 "shown"']);
  });

  it('goes on after the change it was told last, and misses none in between', async () => {
    await using gateway = await startGateway();
    const { put, remove } = kvCallsOf(gateway);
    const first = await watch(gateway);
    await put({ key: 'a', value: 1 });
    const { cursor } = await take(first, 1);
    await first[Symbol.asyncDispose]();
    await put({ key: 'a', value: 2 });
    await remove({ key: 'a' });
    await using second = await watch(gateway, { lastEventId: cursor });
    expect((await take(second, 2)).seen).toEqual(['put a 2 2', 'deleted a 3']);
    const restarted = await gateway.restart();
    await using third = await watch(restarted, { lastEventId: cursor });
    expect((await take(third, 2)).seen).toEqual(['put a 2 2', 'deleted a 3']);
    await restarted[Symbol.asyncDispose]();
  });

  it('that broke off in its beginning goes on there, and tells what happened to the keys before', async () => {
    await using gateway = await startGateway();
    const { put, remove } = kvCallsOf(gateway);
    for (const key of ['a', 'b', 'm', 'ü']) await put({ key, value: 1 });
    const first = await watch(gateway);
    const { cursor } = await take(first, 3);
    await first[Symbol.asyncDispose]();
    await remove({ key: 'a' });
    await put({ key: 'c', value: 1 });
    await put({ key: 'ü', value: 2 });
    await using second = await watch(gateway, { lastEventId: cursor });
    await put({ key: 'last', value: 1 });
    // The change of the key that was still to come is in what came, and is not told again.
    expect((await take(second, 4)).seen).toEqual(['put ü 2 2', 'deleted a 2', 'put c 3 1', 'put last 3 1']);
  });

  it('starts over with a reset where changes are no longer kept, and for cursors that were never given', async () => {
    await using gateway = await startGateway();
    const { put } = kvCallsOf(gateway);
    const first = await watch(gateway);
    await put({ key: 'a', value: 1 });
    const { cursor } = await take(first, 1);
    await first[Symbol.asyncDispose]();
    await put({ key: 'a', value: 2 });
    await put({ key: 'b', value: 1 });
    await forgetChanges(gateway);
    for (const lastEventId of [cursor, '999', '-1', 'x', '1.', `1.${'a'.repeat(2000)}`]) {
      await using stream = await watch(gateway, { lastEventId });
      expect((await take(stream, 3)).seen).toEqual(['reset', 'put a 2 2', 'put b 1 1']);
    }
  });

  it('of a scope that nothing happens in loses nothing to the changes of others', async () => {
    await using gateway = await startGateway();
    const { put } = kvCallsOf(gateway);
    await using stream = await watch(gateway);
    await put({ key: 'a', value: 1 });
    const { cursor } = await take(stream, 1);
    for (let index = 0; index < 5; index += 1) await put({ key: 'x', value: index, scope: 'user' });
    await forgetChanges(gateway);
    await put({ key: 'b', value: 1 });
    expect((await take(stream, 1)).seen).toEqual(['put b 1 1']);
    await using again = await watch(gateway, { lastEventId: cursor });
    expect((await take(again, 1)).seen).toEqual(['put b 1 1']);
  });

  it('tells an end by time like a deletion', async () => {
    let nowMs = Date.parse('2026-01-01T00:00:00Z');
    await using gateway = await startGateway({ now: () => nowMs, sweepIntervalMs: 5 });
    const { put } = kvCallsOf(gateway);
    await using stream = await watch(gateway);
    await put({ key: 'a', value: 1, ttlSeconds: 10 });
    nowMs += 10_000;
    expect((await take(stream, 2)).seen).toEqual(['put a 1 1', 'expired a 2']);
  });
});
