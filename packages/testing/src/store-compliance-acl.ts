import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';

const NOW = '2026-01-01T00:00:00.000Z';
const LATER = '2026-06-01T00:00:00.000Z';
const page = { limit: 10 };

const ruleOf = (ruleId: string, change: object = {}) => ({
  ...{ ruleId, principalType: 'agent' as const, principalId: 'ag::a::x::1', resourceType: 'kv' as const },
  ...{ resourceId: 'workspace/*', level: 20 as const, grantedBy: 'member:m', createdAt: NOW, ...change },
});

interface Stores {
  readonly store: () => Store;
  readonly openAnother: () => Store;
}

/** The part of the suite about rules of access, and about which workspaces are of one tenant. */
export function testAcl(stores: Stores): void {
  testRules(stores.store);
  testRevisions(stores);
  testTenants(stores.store);
}

function testRules(store: () => Store): void {
  it('keeps the rules of a workspace apart from those of others, newest first in lists, oldest first for decisions', async () => {
    const full = ruleOf('2', { principalType: '*', reason: 'r', expiresAt: LATER });
    await store().commit(({ acl }) => {
      for (const rule of [ruleOf('1'), full, ruleOf('3', { resourceType: 'task' })]) acl.insert('a', rule);
      acl.insert('b', ruleOf('4'));
    });
    const { acl } = store().read;
    expect(acl.get({ workspace: 'a', id: '2' })).toEqual(full);
    expect(acl.get({ workspace: 'b', id: '2' })).toBeUndefined();
    const ids = (query: object, more = page) =>
      acl.list({ workspace: 'a', ...query }, more).map(({ ruleId }) => ruleId);
    expect([ids({}), ids({}, { ...page, ...{ before: '3' } })]).toEqual([
      ['3', '2', '1'],
      ['2', '1'],
    ]);
    expect([
      ids({ principalType: 'agent' }),
      ids({ resourceType: 'task' }),
      ids({ principalId: 'x' }),
    ]).toEqual([...[['3', '1'], ['3'], []]]);
    expect(acl.listEvery('a').map(({ ruleId }) => ruleId)).toEqual(['1', '2', '3']);
    expect([acl.getCount('a'), acl.getCount('b'), acl.getCount('c')]).toEqual([3, 1, 0]);
  });

  it('removes a rule only where it belongs, and those whose time is over', async () => {
    await store().commit(({ acl }) => {
      acl.insert('a', ruleOf('1'));
      acl.insert('a', ruleOf('2', { expiresAt: LATER }));
    });
    const remove = (workspace: string, id: string) =>
      store().commit(({ acl }) => acl.remove({ workspace, id }));
    expect([await remove('b', '1'), await remove('a', '1'), await remove('a', '1')]).toEqual([
      false,
      true,
      false,
    ]);
    await store().commit(({ acl }) => acl.removeExpired('a', NOW));
    expect(store().read.acl.getCount('a')).toBe(1);
    await store().commit(({ acl }) => acl.removeExpired('a', LATER));
    expect(store().read.acl.getCount('a')).toBe(0);
  });
}

function testRevisions({ store, openAnother }: Stores): void {
  it('gives another revision with every change, for every opener at once, and never one that was undone', async () => {
    const another = openAnother();
    try {
      const seen = new Set<string>([store().read.acl.getRevision('a')]);
      expect([...seen]).toEqual(['']);
      const inUndone: string[] = [];
      await store()
        .commit(({ acl }) => {
          acl.insert('a', ruleOf('0'));
          inUndone.push(acl.getRevision('a'));
          throw new Error('no');
        })
        .catch(() => undefined);
      expect(store().read.acl.getRevision('a')).toBe('');
      const fallback = { principalType: 'agent', resourceType: 'kv', level: 0 } as const;
      await store().commit(({ acl }) => acl.insert('a', ruleOf('1')));
      seen.add(another.read.acl.getRevision('a'));
      await another.commit(({ acl }) => acl.setFallback('a', fallback));
      seen.add(store().read.acl.getRevision('a'));
      await another.commit(({ acl }) => acl.remove({ workspace: 'a', id: '1' }));
      seen.add(store().read.acl.getRevision('a'));
      expect(seen.size).toBe(4);
      for (const revision of inUndone) expect(seen).not.toContain(revision);
      expect(store().read.acl.listFallbacks('a')).toEqual([fallback]);
      expect([store().read.acl.getRevision('b'), store().read.acl.listFallbacks('b')]).toEqual(['', []]);
    } finally {
      await another.close();
    }
  });
}

function testTenants(store: () => Store): void {
  it('knows which workspaces are of a tenant, and keeps the name of one that was closed', async () => {
    await store().commit(({ workspaces }) => {
      workspaces.ensure('root', NOW);
      workspaces.insert({ name: 'child', tenant: 'root', displayName: 'Child', createdAt: NOW });
      workspaces.insert({ name: 'ajar', tenant: 'root', createdAt: NOW });
      workspaces.ensure('child', LATER);
      workspaces.ensure('rival', NOW);
    });
    const { workspaces } = store().read;
    expect(['root', 'child', 'rival', 'none'].map((name) => workspaces.getTenant(name))).toEqual([
      ...['root', 'root', 'rival', undefined],
    ]);
    expect(workspaces.get('child')).toEqual({
      name: 'child',
      tenant: 'root',
      displayName: 'Child',
      createdAt: NOW,
    });
    expect(workspaces.listOfTenant('root').map(({ name }) => name)).toEqual(['ajar', 'child', 'root']);
    await store().commit((tables) => tables.workspaces.close('child', LATER));
    expect(workspaces.listOfTenant('root').map(({ name }) => name)).toEqual(['ajar', 'root']);
    expect([workspaces.getClosedAt('child'), workspaces.getClosedAt('root')]).toEqual([LATER, undefined]);
    expect(workspaces.getCountOfTenant('root')).toBe(3);
    await expect(
      store().commit((tables) =>
        tables.workspaces.insert({ name: 'child', tenant: 'rival', createdAt: LATER }),
      ),
    ).rejects.toThrow();
  });
}
