import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

const owner = { workspace: 'a', owner: 'ag::a::worker::default' };

const checkpointOf = (key: string, change: object = {}) => ({
  ...{ ...owner, key, version: 1, bytes: 7, savedAt: at(0) },
  ...change,
});

const insert = (store: Store, key: string, change: object = {}) =>
  store.commit(({ checkpoints }) => checkpoints.insert(checkpointOf(key, change), '{"n":1}'));

/** The part of the suite about saved states. */
export function testCheckpoints(store: () => Store): void {
  it('keeps states of an owner apart from those of others', async () => {
    await insert(store(), 'k');
    await insert(store(), 'k', { workspace: 'b', version: 4 });
    await insert(store(), 'k', { owner: 'ag::a::other::default', version: 5, expiresAt: at(9) });
    const { checkpoints } = store().read;
    expect(checkpoints.get({ ...owner, key: 'k' })).toEqual(checkpointOf('k'));
    expect(checkpoints.get({ ...owner, workspace: 'b', key: 'k' })?.version).toBe(4);
    expect(checkpoints.get({ ...owner, workspace: 'c', key: 'k' })).toBeUndefined();
    await store().commit((tables) => {
      tables.checkpoints.update(checkpointOf('k', { version: 2, bytes: 4, expiresAt: at(5) }), 'null');
      tables.checkpoints.remove({ ...owner, workspace: 'b', key: 'k' });
    });
    const changed = checkpointOf('k', { version: 2, bytes: 4, expiresAt: at(5) });
    expect(checkpoints.get({ ...owner, key: 'k' })).toEqual(changed);
    expect(checkpoints.getData({ ...owner, key: 'k' })).toBe('null');
    expect(checkpoints.getData({ ...owner, workspace: 'b', key: 'k' })).toBeUndefined();
    expect(checkpoints.getData({ ...owner, owner: 'ag::a::other::default', key: 'k' })).toBe('{"n":1}');
  });

  it('lists states of one owner in the order of their bytes', async () => {
    for (const key of ['b', 'ä', 'a', 'B', '😀', '～']) await insert(store(), key);
    await insert(store(), 'c', { workspace: 'b' });
    const list = (page: { after?: string; limit: number }) =>
      store()
        .read.checkpoints.list(owner, page)
        .map(({ key }) => key);
    expect(list({ limit: 10 })).toEqual(['B', 'a', 'b', 'ä', '～', '😀']);
    expect(list({ after: 'a', limit: 2 })).toEqual(['b', 'ä']);
  });

  it('finds states whose time is over, counts them, and remembers the versions that were removed', async () => {
    await insert(store(), 'x', { version: 3, expiresAt: at(1) });
    await insert(store(), 'y');
    const { checkpoints } = store().read;
    expect(checkpoints.listExpired(at(0), 9)).toEqual([]);
    expect(checkpoints.listExpired(at(1), 9).map(({ key }) => key)).toEqual(['x']);
    expect(checkpoints.getTotals(owner)).toEqual({ checkpoints: 2, versionFloor: 0 });
    await store().commit((tables) => {
      for (const key of ['x', 'unknown']) tables.checkpoints.remove({ ...owner, key });
    });
    expect(checkpoints.getTotals(owner)).toEqual({ checkpoints: 1, versionFloor: 3 });
    expect(checkpoints.getTotals({ ...owner, workspace: 'b' })).toEqual({ checkpoints: 0, versionFloor: 0 });
  });
}
