import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

const implementationOf = (implementation: string, change: object = {}) => ({
  ...{
    workspace: 'a',
    implementation,
    profile: 'docker',
    launchParameters: { image: 'x' },
    description: 'd',
  },
  ...{ taskTypes: ['resize'], maxInstances: 2, createdAt: at(0), updatedAt: at(0), ...change },
});

const launchOf = (launchId: string, change: object = {}) => ({
  ...{ launchId, workspace: 'a', implementation: 'w', address: `ag::a::w::${launchId}`, isPooled: false },
  ...{ profile: 'docker', launchParameters: { image: 'x' }, taskId: 't', status: 'waiting' as const },
  ...{ failures: 0, failedWith: [], dueAt: at(1), createdAt: at(0), updatedAt: at(0), ...change },
});

const insert = (store: Store, ...launches: ReturnType<typeof launchOf>[]) =>
  store.commit((tables) => {
    for (const launch of launches) tables.launches.insert(launch);
  });

/** The part of the suite about implementations and starting them. */
export function testLaunches(store: () => Store): void {
  testImplementations(store);
  testStarts(store);
  testOrchestrators(store);
}

function testImplementations(store: () => Store): void {
  it('keeps implementations of a workspace by name, and replaces them', async () => {
    await store().commit(({ implementations }) => {
      for (const name of ['b', 'a', 'c']) implementations.put(implementationOf(name));
      implementations.put(implementationOf('a', { workspace: 'b' }));
      implementations.put(implementationOf('b', { profile: 'local', createdAt: at(9), updatedAt: at(9) }));
    });
    const { implementations } = store().read;
    expect(implementations.get('a', 'b')).toEqual(
      implementationOf('b', { profile: 'local', updatedAt: at(9) }),
    );
    expect(implementations.get('b', 'b')).toBeUndefined();
    const names = implementations
      .list('a', { after: 'a', limit: 1 })
      .map(({ implementation }) => implementation);
    expect(names).toEqual(['b']);
    expect(implementations.listAll()).toHaveLength(4);
    expect(await store().commit((tables) => tables.implementations.remove('b', 'b'))).toBe(false);
    expect(await store().commit((tables) => tables.implementations.remove('a', 'b'))).toBe(true);
    expect(implementations.list('a', { limit: 10 })).toHaveLength(2);
  });
}

function testStarts(store: () => Store): void {
  it('changes a launch only while it is as it was read', async () => {
    await insert(store(), launchOf('l1'));
    const assigned = launchOf('l1', {
      ...{ status: 'assigned', orchestrator: 'oc::a::o::1', tokenId: 'k', reason: 'r' },
      ...{ failures: 1, failedWith: ['oc::a::o::2'], dueAt: at(3), updatedAt: at(2) },
    });
    const fence = { status: 'waiting', orchestrator: undefined, failures: 0 } as const;
    const write = (launch: typeof assigned, at: typeof fence | object) =>
      store().commit(({ launches }) => launches.update(launch, { ...fence, ...at }));
    expect(await write(assigned, { failures: 1 })).toBe(false);
    expect(await write(assigned, { orchestrator: 'oc::a::o::1' })).toBe(false);
    expect(await write({ ...assigned, workspace: 'b' }, {})).toBe(false);
    expect(await write(assigned, {})).toBe(true);
    expect(await write(assigned, {})).toBe(false);
    expect(store().read.launches.get({ workspace: 'a', id: 'l1' })).toEqual(assigned);
    expect(store().read.launches.get({ workspace: 'b', id: 'l1' })).toBeUndefined();
  });

  it('has one launch under way for an address, and counts them by pool and orchestrator', async () => {
    const address = 'ag::a::w::x';
    const orchestrator = 'oc::a::o::1';
    await insert(
      store(),
      ...[launchOf('l1', { address, status: 'failed' }), launchOf('l2', { address })],
      ...[
        launchOf('l3', { isPooled: true }),
        launchOf('l4', { isPooled: true, status: 'assigned', orchestrator }),
      ],
      launchOf('l5', { isPooled: true, status: 'started', orchestrator }),
    );
    await expect(insert(store(), launchOf('l6', { address }))).rejects.toThrow();
    const { launches } = store().read;
    expect(launches.findOpen('a', address)?.launchId).toBe('l2');
    expect(launches.findOpen('b', address)).toBeUndefined();
    expect([launches.getOpenCount('a', 'w'), launches.getOpenCount('b', 'w')]).toEqual([2, 0]);
    expect([
      launches.getAssignedCount('a', orchestrator),
      launches.getAssignedCount('b', orchestrator),
    ]).toEqual([1, 0]);
    expect(launches.listOpen().map(({ launchId }) => launchId)).toEqual(['l2', 'l3', 'l4']);
  });

  it('knows when a start was given up last, and forgets ended ones', async () => {
    const address = 'ag::a::w::x';
    await insert(
      store(),
      ...[launchOf('l1', { address, status: 'failed', updatedAt: at(1) }), launchOf('l2')],
      ...[launchOf('l3', { address, status: 'expired', updatedAt: at(3) })],
      launchOf('l4', { status: 'failed', isPooled: true, updatedAt: at(5) }),
    );
    const { launches } = store().read;
    const pool = { workspace: 'a', implementation: 'w' };
    expect(launches.getGivenUpAt({ ...pool, address })).toBe(at(3));
    expect(launches.getGivenUpAt(pool)).toBe(at(5));
    expect(launches.getGivenUpAt({ ...pool, address: 'ag::a::w::y' })).toBeUndefined();
    const ids = (query: object = {}) =>
      launches.list('a', query, { limit: 10 }).map(({ launchId }) => launchId);
    expect([ids(), ids({ status: 'failed' })]).toEqual([
      ['l4', 'l3', 'l2', 'l1'],
      ['l4', 'l1'],
    ]);
    await store().commit((tables) => tables.launches.prune(at(4)));
    expect(ids()).toEqual(['l4', 'l2']);
  });
}

function testOrchestrators(store: () => Store): void {
  it('keeps the last session of an orchestrator, with what it can start', async () => {
    const row = { workspace: 'a', address: 'oc::a::o::1', sessionId: 's1', profiles: ['docker'] };
    await store().commit(({ orchestrators }) => {
      orchestrators.put(row);
      orchestrators.put({ ...row, sessionId: 's2', profiles: [] });
      orchestrators.put({ ...row, address: 'oc::a::o::2', sessionId: 's3' });
      orchestrators.put({ ...row, workspace: 'b', sessionId: 's4' });
      // Of the session before: the address has another by now.
      orchestrators.remove('s1');
      orchestrators.remove('s3');
    });
    expect(store().read.orchestrators.list('a')).toEqual([{ ...row, sessionId: 's2', profiles: [] }]);
  });

  it('keeps for whom a token is', async () => {
    const token = { tokenId: 'k', workspace: 'a', name: 'n', role: 'task' as const, createdAt: at(0) };
    const address = 'ag::a::w::x';
    await store().commit(({ tokens, workspaces }) => {
      workspaces.ensure('a', at(0));
      tokens.insert({ ...token, address }, 'h1');
      tokens.insert({ ...token, tokenId: 'l' }, 'h2');
    });
    const { tokens } = store().read;
    expect(tokens.get({ workspace: 'a', id: 'k' })).toEqual({ ...token, address });
    expect(tokens.listUnrevokedOfAddress('a', address)).toEqual([{ ...token, address }]);
    expect(tokens.listUnrevokedOfAddress('b', address)).toEqual([]);
    await store().commit((tables) => tables.tokens.revoke({ workspace: 'a', id: 'k' }, at(1)));
    expect(tokens.listUnrevokedOfAddress('a', address)).toEqual([]);
  });
}
