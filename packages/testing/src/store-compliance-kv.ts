import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

const entryOf = (key: string, change: object = {}) => ({
  ...{ namespace: 'workspace/a', key, value: '{"n":1}', version: 1, updatedAt: at(0), updatedBy: 'x' },
  ...change,
});

const changeOf = (key: string, change: object = {}) => ({
  ...{ namespace: 'workspace/a', key, change: 'put' as const, version: 1, value: '1', at: at(0) },
  ...change,
});

const insert = (store: Store, keys: readonly string[], change: object = {}) =>
  store.commit(({ kv }) => {
    for (const key of keys) kv.insert(entryOf(key, change));
  });

const list = (store: Store, range: { prefix?: string; after?: string; limit?: number } = {}) =>
  store.read.kv.list({ namespace: 'workspace/a', prefix: '', limit: 100, ...range }).map(({ key }) => key);

/** The part of the suite about keys and the log of their changes. */
export function testKv(store: () => Store): void {
  testEntries(store);
  testOrder(store);
  testTotals(store);
  testChanges(store);
}

function testEntries(store: () => Store): void {
  it('keeps keys of a namespace apart from those of others', async () => {
    await insert(store(), ['k']);
    await insert(store(), ['k'], { namespace: 'workspace/b', value: '2', expiresAt: at(9) });
    const { kv } = store().read;
    expect(kv.get({ namespace: 'workspace/a', key: 'k' })).toEqual(entryOf('k'));
    expect(kv.get({ namespace: 'workspace/b', key: 'k' })).toMatchObject({ value: '2', expiresAt: at(9) });
    expect(kv.get({ namespace: 'workspace', key: 'k' })).toBeUndefined();
    await store().commit((tables) => {
      tables.kv.update(entryOf('k', { version: 2, expiresAt: at(5), value: 'null', updatedBy: 'y' }));
      tables.kv.remove({ namespace: 'workspace/b', key: 'k' }, 2);
    });
    const changed = entryOf('k', { version: 2, expiresAt: at(5), value: 'null', updatedBy: 'y' });
    expect(kv.get({ namespace: 'workspace/a', key: 'k' })).toEqual(changed);
    expect(kv.get({ namespace: 'workspace/b', key: 'k' })).toBeUndefined();
  });

  it('finds keys whose time is over, and none without a time', async () => {
    await insert(store(), ['never']);
    await insert(store(), ['late'], { expiresAt: at(3) });
    await insert(store(), ['early'], { expiresAt: at(1), namespace: 'workspace/b' });
    const expired = (now: string, limit = 10) =>
      store()
        .read.kv.listExpired(now, limit)
        .map(({ key }) => key);
    expect([expired(at(0)), expired(at(1)), expired(at(9)), expired(at(9), 1)]).toEqual([
      ...[[], ['early'], ['early', 'late'], ['early']],
    ]);
  });
}

function testOrder(store: () => Store): void {
  it('lists keys in the order of their bytes, whatever they are made of', async () => {
    // By UTF-16 units the emoji would come before U+FF5E; by any language's rules capitals would be mixed in.
    const keys = ['a', 'B', 'a/b', 'a b', '%', '_', 'ä', '～', '😀', "'", '%41', 'a%', 'z'];
    await insert(store(), keys);
    const sorted = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(list(store())).toEqual(sorted);
    const paged: string[] = [];
    for (let after: string | undefined; ; after = paged.at(-1)) {
      const page = list(store(), { limit: 2, ...(after === undefined ? {} : { after }) });
      if (page.length === 0) break;
      paged.push(...page);
    }
    expect(paged).toEqual(sorted);
  });

  it('takes a prefix for just what it is', async () => {
    await insert(store(), ['a', 'a%b', 'a_b', 'axb', 'a%', 'A%b', 'b', 'a😀']);
    expect(list(store(), { prefix: 'a%' })).toEqual(['a%', 'a%b']);
    expect(list(store(), { prefix: 'a_' })).toEqual(['a_b']);
    expect(list(store(), { prefix: 'a😀' })).toEqual(['a😀']);
    expect(list(store(), { prefix: 'a', after: 'a_b' })).toEqual(['axb', 'a😀']);
    expect(list(store(), { prefix: 'b', after: 'a' })).toEqual(['b']);
    expect(list(store(), { prefix: 'a', after: 'b' })).toEqual([]);
  });
}

function testTotals(store: () => Store): void {
  it('counts the keys of a namespace, and remembers the highest version that was removed', async () => {
    const totals = () => store().read.kv.getTotals('workspace/a');
    const remove = (key: string, version: number) =>
      store().commit(({ kv }) => kv.remove({ namespace: 'workspace/a', key }, version));
    expect(totals()).toEqual({ keys: 0, versionFloor: 0 });
    await insert(store(), ['x', 'y', 'z']);
    await store().commit(({ kv }) => kv.update(entryOf('x', { version: 7 })));
    expect(totals()).toEqual({ keys: 3, versionFloor: 0 });
    await remove('x', 8);
    await remove('y', 2);
    await remove('unknown', 99);
    expect(totals()).toEqual({ keys: 1, versionFloor: 8 });
    expect(store().read.kv.getTotals('workspace/b')).toEqual({ keys: 0, versionFloor: 0 });
  });

  it('counts nothing of a change that failed', async () => {
    const failed = store().commit(({ kv, kvChanges }) => {
      kv.insert(entryOf('x'));
      kvChanges.append(changeOf('x'));
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(store().read.kv.getTotals('workspace/a').keys).toBe(0);
    expect(store().read.kvChanges.getBounds('workspace/a')).toEqual({ floor: 0, newest: 0 });
  });
}

function testChanges(store: () => Store): void {
  const after = (sequence: number, namespace = 'workspace/a', limit = 100) =>
    store()
      .read.kvChanges.listAfter({ namespace, after: sequence, limit })
      .map(({ key }) => key);
  const bounds = (namespace = 'workspace/a') => store().read.kvChanges.getBounds(namespace);
  const append = (...changes: Parameters<typeof changeOf>[]) =>
    store().commit(({ kv, kvChanges }) => {
      for (const [key, change] of changes) {
        const { namespace } = changeOf(key, change);
        if (!kv.get({ namespace, key })) kv.insert(entryOf(key, { namespace }));
        kvChanges.append(changeOf(key, change));
      }
    });
  const prune = (before: string, keep = 100) =>
    store().commit(({ kvChanges }) => kvChanges.prune({ before, keep }));

  it('lists changes of one namespace in the order of the commits', async () => {
    await append(['x'], ['other', { namespace: 'workspace/b' }]);
    await append(['x', { change: 'deleted', version: 2, value: undefined }], ['y']);
    const changes = store().read.kvChanges.listAfter({ namespace: 'workspace/a', after: 0, limit: 2 });
    expect(changes).toEqual([
      { sequence: 1, ...changeOf('x') },
      { sequence: 3, namespace: 'workspace/a', key: 'x', change: 'deleted', version: 2, at: at(0) },
    ]);
    expect([after(3), after(0, 'workspace/b'), after(4)]).toEqual([['y'], ['other'], []]);
    expect([bounds(), bounds('workspace/b')]).toEqual([
      { floor: 0, newest: 4 },
      { floor: 0, newest: 4 },
    ]);
  });

  it('prunes what is old or too much, and says so to those whose changes went only', async () => {
    await append(['old'], ['quiet', { namespace: 'workspace/b', at: at(5) }], ['a', { at: at(5) }]);
    await append(['b', { at: at(6) }], ['c', { at: at(7) }]);
    await prune(at(5));
    expect([bounds(), bounds('workspace/b')]).toEqual([
      { floor: 1, newest: 5 },
      { floor: 0, newest: 5 },
    ]);
    await prune(at(0), 2);
    expect(after(0)).toEqual(['b', 'c']);
    expect([bounds().floor, bounds('workspace/b').floor]).toEqual([3, 2]);
  });

  it('keeps the newest change for its sequence, so that none is given twice', async () => {
    await append(['x'], ['y']);
    await prune(at(59), 0);
    expect(bounds()).toEqual({ floor: 1, newest: 2 });
    await append(['z']);
    expect(after(0)).toEqual(['y', 'z']);
    expect(bounds().newest).toBe(3);
  });
}
