import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';

const NOW = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-01T00:05:00.000Z';
const page = { limit: 10 };
const key = { workspace: 'a', id: '1' };

const grantOf = (grantId: string, change: object = {}) => ({
  ...{
    grantId,
    subject: 'ann',
    delegate: 'agent:x',
    operations: ['kv.*', 'messages.send'],
    level: 20 as const,
  },
  ...{ createdBy: 'member:ann', createdAt: NOW, expiresAt: '2026-06-01T00:00:00.000Z', ...change },
});

/** The part of the suite about who may act for whom. */
export function testGrants(store: () => Store): void {
  it('keeps grants of a workspace apart from those of others, and finds those that concern somebody', async () => {
    await store().commit(({ grants }) => {
      grants.insert('a', grantOf('1', { reason: 'nightly' }));
      grants.insert('a', grantOf('2', { subject: 'bob', createdBy: 'member:boss' }));
      grants.insert('a', grantOf('3', { delegate: 'sv::m::1', subject: 'bob', createdBy: 'member:ann' }));
      grants.insert('b', grantOf('4'));
    });
    const { grants } = store().read;
    expect(grants.get(key)).toEqual(grantOf('1', { reason: 'nightly' }));
    expect(grants.get({ ...key, workspace: 'b' })).toBeUndefined();
    const ids = (query: object, more = page) =>
      grants.list({ workspace: 'a', ...query }, more).map(({ grantId }) => grantId);
    expect([ids({}), ids({}, { ...page, ...{ before: '3' } })]).toEqual([
      ['3', '2', '1'],
      ['2', '1'],
    ]);
    expect([ids({ subject: 'bob' }), ids({ delegate: 'agent:x' })]).toEqual([
      ['3', '2'],
      ['2', '1'],
    ]);
    expect(ids({ concerning: ['member:ann', 'ann'] })).toEqual(['3', '1']);
    expect(ids({ concerning: ['sv::m::1'] })).toEqual(['3']);
    expect([ids({ concerning: [] }), ids({ concerning: ['"', 'x'] })]).toEqual([[], []]);
  });

  it('writes revocation and use beside a grant, only where it belongs', async () => {
    await store().commit(({ grants }) => {
      grants.insert('a', grantOf('1'));
      grants.revoke({ ...key, workspace: 'b' }, NOW);
      grants.noteUse(key, { operation: 'kv.get', at: NOW });
      grants.noteUse(key, { operation: 'kv.put', at: LATER });
    });
    const { grants } = store().read;
    expect(grants.get(key)).toEqual(grantOf('1', { lastUsedAt: LATER }));
    expect(['kv.get', 'kv.put', 'kv.list'].map((operation) => grants.getNotedAt(key, operation))).toEqual([
      ...[NOW, LATER, undefined],
    ]);
    expect(grants.getNotedAt({ ...key, workspace: 'b' }, 'kv.get')).toBeUndefined();
    await store().commit((tables) => tables.grants.revoke(key, LATER));
    expect(grants.get(key)).toEqual(grantOf('1', { lastUsedAt: LATER, revokedAt: LATER }));
  });
}
