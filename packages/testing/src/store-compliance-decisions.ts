import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';

const NOW = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-02T00:00:00.000Z';

const policyOf = (version: number, change: object = {}) => ({
  ...{ workspace: 'a', version, revision: `a-${version}`, mode: 'enforce' as const, cedar: `// ${version}` },
  ...{ createdBy: 'system', createdAt: NOW, ...change },
});

const grantOf = (capabilityId: string, change: object = {}) => ({
  ...{ capabilityId, workspace: 'a', agentId: 'x', capability: 'crm.*', status: 'granted' as const },
  ...{ reason: 'r', createdAt: NOW, updatedAt: NOW, ...change },
});

/** The part of the suite about policies and capabilities. */
export function testDecisions(store: () => Store): void {
  testPolicies(store);
  testCapabilities(store);
}

function testPolicies(store: () => Store): void {
  it('keeps every version of policies, and one in force for each mode', async () => {
    const put = (policy: ReturnType<typeof policyOf>) =>
      store().commit(({ policies }) => policies.insert(policy));
    const { policies: read } = store().read;
    expect([read.getNewestVersion('a'), read.listActive('a'), read.get('a', 1)]).toEqual([0, [], undefined]);
    await put(policyOf(1, { note: 'first' }));
    await put(policyOf(2, { mode: 'shadow' }));
    await put(policyOf(3));
    await put(policyOf(1, { workspace: 'b', revision: 'b-1' }));
    expect(read.getNewestVersion('a')).toBe(3);
    const active = read.listActive('a').toSorted((a, b) => a.version - b.version);
    expect(active).toEqual([
      { mode: 'shadow', version: 2, revision: 'a-2' },
      { mode: 'enforce', version: 3, revision: 'a-3' },
    ]);
    const { revision: _, ...first } = policyOf(1, { note: 'first' });
    expect(read.get('a', 1)).toEqual({ ...first, isActive: false });
    const listed = read.list('a', { limit: 9 }).map(({ version, isActive }) => [version, isActive]);
    expect(listed).toEqual([
      [3, true],
      [2, true],
      [1, false],
    ]);
    expect(read.list('a', { limit: 1, before: 3 }).map(({ version }) => version)).toEqual([2]);
    expect(read.get('b', 3)).toBeUndefined();
    await expect(put(policyOf(3, { revision: 'again' }))).rejects.toThrow();
    expect(read.listActive('a')).toHaveLength(2);
  });
}

function testCapabilities(store: () => Store): void {
  it('keeps capabilities of each workspace, and counts those whose time is over as expired', async () => {
    const { capabilities: read } = store().read;
    const grants = [
      grantOf('1'),
      grantOf('2', { expiresAt: NOW, resource: 'eu' }),
      grantOf('3', { status: 'requested' }),
      grantOf('4', { agentId: 'y', status: 'denied' }),
      grantOf('5', { workspace: 'b' }),
    ];
    await store().commit(({ capabilities }) => {
      for (const grant of grants) capabilities.insert(grant);
    });
    const idsOf = (items: { capabilityId: string }[]) =>
      items.map(({ capabilityId }) => capabilityId).toSorted();
    expect(read.get({ workspace: 'a', id: '2' })).toEqual(grants[1]);
    expect(read.get({ workspace: 'b', id: '2' })).toBeUndefined();
    expect(idsOf(read.listOpen('a', 'x'))).toEqual(['1', '2', '3']);
    expect(idsOf(read.listGranted('a', 'x'))).toEqual(['1', '2']);
    const list = (query: object, page: object = {}) =>
      read
        .list({ workspace: 'a', now: NOW, ...query }, { limit: 9, ...page })
        .map(({ capabilityId }) => capabilityId);
    expect(list({})).toEqual(['4', '3', '2', '1']);
    expect(list({}, { before: '3', limit: 1 })).toEqual(['2']);
    expect([list({ status: 'granted' }), list({ status: 'expired' })]).toEqual([['1'], ['2']]);
    expect(list({ agentId: 'y' })).toEqual(['4']);
    expect(idsOf(read.listExpired(LATER, 9))).toEqual(['2']);
  });

  it('writes what became of a capability', async () => {
    await store().commit(({ capabilities }) => {
      capabilities.insert(grantOf('1', { status: 'requested', expiresAt: LATER }));
      const decided = { status: 'revoked', decidedBy: 'x', decisionReason: 'y', updatedAt: LATER };
      capabilities.update(grantOf('1', decided));
    });
    expect(store().read.capabilities.get({ workspace: 'a', id: '1' })).toEqual(
      grantOf('1', { status: 'revoked', decidedBy: 'x', decisionReason: 'y', updatedAt: LATER }),
    );
  });
}
