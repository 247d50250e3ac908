import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';

const NOW = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-02T00:00:00.000Z';

const memberOf = (memberId: string, change: object = {}) => ({
  ...{ memberId, workspace: 'a', name: 'Ada', role: 'owner' as const, status: 'active' as const },
  ...{ createdAt: NOW, updatedAt: NOW, ...change },
});

const tokenOf = (tokenId: string, change: object = {}) => ({
  ...{ tokenId, workspace: 'a', name: 't', role: 'owner' as const, createdAt: NOW, ...change },
});

/** The part of the suite about people, their tokens and what they set. */
export function testPeople(store: () => Store): void {
  testMembers(store);
  testTokens(store);
  testSettings(store);
}

function testMembers(store: () => Store): void {
  it('keeps people, changes their role and status, and nothing of another workspace', async () => {
    const ada = memberOf('1', { email: 'Ada@Example.com' });
    await store().commit(({ members }) => {
      members.insert(ada);
      members.insert(memberOf('2', { workspace: 'b' }));
      members.update({ ...ada, workspace: 'b', role: 'member' });
    });
    const { members } = store().read;
    expect(members.get({ workspace: 'a', id: '1' })).toEqual(ada);
    expect(members.get({ workspace: 'b', id: '1' })).toBeUndefined();
    const changed = { ...ada, role: 'auditor' as const, status: 'removed' as const, updatedAt: LATER };
    await store().commit((tables) => tables.members.update(changed));
    expect(members.get({ workspace: 'a', id: '1' })).toEqual(changed);
  });

  it('lists people newest first in pages, and the owners who are active', async () => {
    await store().commit(({ members }) => {
      members.insert(memberOf('1'));
      members.insert(memberOf('2', { status: 'invited' }));
      members.insert(memberOf('3', { role: 'approver' }));
      members.insert(memberOf('4', { status: 'removed' }));
      members.insert(memberOf('5', { workspace: 'b' }));
    });
    const ids = (members: readonly { readonly memberId: string }[]) =>
      members.map(({ memberId }) => memberId);
    const { members } = store().read;
    expect([
      ids(members.list('a', { limit: 3 })),
      ids(members.list('a', { limit: 3, before: '2' })),
      ids(members.listActiveOwners('a')),
    ]).toEqual([['4', '3', '2'], ['1'], ['1']]);
  });

  it('finds who has an email address, in any case, and was not removed', async () => {
    await store().commit(({ members }) => {
      members.insert(memberOf('1', { email: 'ada@example.com', status: 'removed' }));
      members.insert(memberOf('2', { email: 'Grace@example.com', status: 'invited' }));
    });
    const { members } = store().read;
    const find = (workspace: string, email: string) => members.findByEmail(workspace, email)?.memberId;
    expect([
      find('a', 'ada@example.com'),
      find('a', 'grace@EXAMPLE.com'),
      find('b', 'Grace@example.com'),
      find('a', ''),
    ]).toEqual([undefined, '2', undefined, undefined]);
  });

  it('keeps an invitation until it is used', async () => {
    const invitation = { workspace: 'a', memberId: '1', expiresAt: LATER };
    await store().commit((tables) => tables.invitations.insert(invitation, 'hash'));
    expect(store().read.invitations.findByHash('hash')).toEqual(invitation);
    expect(store().read.invitations.findByHash('other')).toBeUndefined();
    const remove = () => store().commit((tables) => tables.invitations.remove('hash'));
    expect([await remove(), await remove()]).toEqual([true, false]);
    expect(store().read.invitations.findByHash('hash')).toBeUndefined();
  });
}

function testTokens(store: () => Store): void {
  it('knows the tokens of a person that still count, and whether an owner can come in', async () => {
    await store().commit(({ members, tokens }) => {
      members.insert(memberOf('m'));
      members.insert(memberOf('n', { role: 'auditor' }));
      tokens.insert(tokenOf('1', { memberId: 'm', expiresAt: LATER }), 'h1');
      tokens.insert(tokenOf('2', { memberId: 'm', role: 'auditor' }), 'h2');
      tokens.insert(tokenOf('3', { memberId: 'n' }), 'h3');
      tokens.insert(tokenOf('4', { role: 'reader' }), 'h4');
    });
    const { tokens } = store().read;
    const unrevoked = () =>
      tokens
        .listUnrevokedOfMember('a', 'm')
        .map(({ tokenId }) => tokenId)
        .toSorted();
    expect(tokens.findByHash('h1')).toEqual(tokenOf('1', { memberId: 'm', expiresAt: LATER }));
    expect(tokens.get({ workspace: 'a', id: '4' })).toEqual(tokenOf('4', { role: 'reader' }));
    expect(unrevoked()).toEqual(['1', '2']);
    expect(tokens.listUnrevokedOfMember('b', 'm')).toEqual([]);
    expect(tokens.getActiveOwner('a', NOW)?.tokenId).toBe('1');
    // Expired, only an auditor's, or of somebody who is no owner: none of these counts.
    expect(tokens.getActiveOwner('a', LATER)).toBeUndefined();
    await store().commit((tables) => tables.tokens.revoke({ workspace: 'a', id: '1' }, NOW));
    expect(unrevoked()).toEqual(['2']);
    expect(tokens.getActiveOwner('a', NOW)).toBeUndefined();
  });
}

function testSettings(store: () => Store): void {
  it('keeps what somebody set of a workspace, as the same object while it is the same', async () => {
    await store().commit(({ workspaces }) => {
      workspaces.ensure('a', NOW);
      workspaces.ensure('a', LATER);
      workspaces.ensure('b', NOW);
    });
    const { workspaces } = store().read;
    expect([workspaces.get('a'), workspaces.get('c')]).toEqual([
      { name: 'a', tenant: 'a', createdAt: NOW },
      undefined,
    ]);
    expect([workspaces.getSettings('a'), workspaces.getSettings('c')]).toEqual([{}, {}]);
    await store().commit((tables) => tables.workspaces.setSettings('a', { criticalApprovers: 2 }));
    expect(workspaces.getSettings('a')).toEqual({ criticalApprovers: 2 });
    expect(workspaces.getSettings('a')).toBe(workspaces.getSettings('a'));
    expect(workspaces.getSettings('b')).toEqual({});
  });

  it('shows settings inside the change that made them, and forgets those of one that was undone', async () => {
    await store().commit((tables) => tables.workspaces.ensure('a', NOW));
    const attempt = store().commit(({ workspaces }) => {
      workspaces.setSettings('a', { criticalApprovers: 2 });
      throw new Error(String(workspaces.getSettings('a').criticalApprovers));
    });
    await expect(attempt).rejects.toThrow('2');
    expect(store().read.workspaces.getSettings('a')).toEqual({});
  });

  it('counts what is tried against a decision, apart for each agent and reason', async () => {
    const violation = { workspace: 'a', actionId: '1', agentId: 'x', reason: 'denied' };
    const count = (change: object = {}) =>
      store().commit((tables) => tables.violations.count({ ...violation, ...change }));
    expect([
      await count(),
      await count(),
      await count({ reason: 'expired' }),
      await count({ agentId: 'y' }),
      await count({ workspace: 'b' }),
      await count(),
    ]).toEqual([1, 2, 1, 1, 1, 3]);
  });
}
