import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';

const AT = 1_800_000_000_000;
const NOW = new Date(AT).toISOString();

const sessionOf = (sessionId: string, change: object = {}) => ({
  ...{
    sessionId,
    address: 'ag::a::worker::01',
    principalType: 'agent' as const,
    actor: 'agent:x',
    workspace: 'a',
  },
  ...{ epoch: 1, transport: 'websocket' as const, gatewayId: 'g1', connectedAt: NOW, ...change },
});

const claimOf = (address: string, change: object = {}) => ({
  ...{ workspace: 'a', address, actor: 'agent:x', epoch: 1, resumeHash: `hash of ${address}` },
  ...{ isGenerated: false, usedAt: NOW, ...change },
});

/** The part of the suite about who is connected where, and whose each address is. */
export function testSessions({ store }: { store(): Store }): void {
  const joined = (gatewayId: string, aliveUntil = AT) =>
    store().commit((tables) => tables.gateways.insert({ gatewayId, host: 'h', pid: 1 }, aliveUntil));
  const put = (...sessions: ReturnType<typeof sessionOf>[]) =>
    store().commit((tables) => {
      for (const session of sessions) tables.sessions.put(session);
    });
  const ids = (query: object = {}, page: object = {}) =>
    store()
      .read.sessions.list({ workspace: 'a', nowMs: AT, ...query }, { limit: 10, ...page })
      .map(({ sessionId }) => sessionId);

  it('lets one session have an address, and no predecessor give back what its successor has', async () => {
    await joined('g1');
    await put(sessionOf('s1'), sessionOf('s2', { epoch: 2 }));
    expect(store().read.sessions.get('s1')).toBeUndefined();
    await store().commit((tables) => tables.sessions.remove('s1'));
    expect(store().read.sessions.getHolder('a', 'ag::a::worker::01')).toEqual(sessionOf('s2', { epoch: 2 }));
    await store().commit((tables) => tables.sessions.remove('s2'));
    expect(store().read.sessions.getHolder('a', 'ag::a::worker::01')).toBeUndefined();
  });

  it('gives up the address that a session moved away from', async () => {
    await put(sessionOf('s1'));
    await put(sessionOf('s1', { workspace: 'b', address: 'ag::b::worker::01' }));
    expect(store().read.sessions.getHolder('a', 'ag::a::worker::01')).toBeUndefined();
    expect(store().read.sessions.getHolder('b', 'ag::b::worker::01')?.sessionId).toBe('s1');
  });

  it('keeps the same address of two workspaces apart', async () => {
    await put(
      sessionOf('s1', { address: 'sv::x::1' }),
      sessionOf('s2', { address: 'sv::x::1', workspace: 'b' }),
    );
    expect(store().read.sessions.getHolder('a', 'sv::x::1')?.sessionId).toBe('s1');
    expect(store().read.sessions.getHolder('b', 'sv::x::1')?.sessionId).toBe('s2');
  });

  it('lists the sessions of living gateways, newest first', async () => {
    await joined('g1');
    await joined('g2', AT - 1);
    await put(
      ...['s1', 's2', 's3'].map((id) => sessionOf(id, { address: `ag::a::worker::${id}` })),
      sessionOf('s4', { address: 'us::m::w', principalType: 'user' }),
      sessionOf('s5', { address: 'ag::a::gone::01', gatewayId: 'g2' }),
      sessionOf('s6', { workspace: 'b' }),
    );
    expect(ids()).toEqual(['s4', 's3', 's2', 's1']);
    expect(ids({}, { before: 's3', limit: 1 })).toEqual(['s2']);
    expect(ids({ principalType: 'user' })).toEqual(['s4']);
    expect(ids({ address: 'ag::a::worker::s2' })).toEqual(['s2']);
  });

  it('knows which gateways live, and forgets one with all it held', async () => {
    await joined('g1');
    await joined('g2', AT - 1);
    await put(sessionOf('s1'), sessionOf('s2', { address: 'ag::a::other::01', gatewayId: 'g2' }));
    const { gateways, sessions } = store().read;
    expect(gateways.listExpired(AT)).toEqual(['g2']);
    expect(gateways.listHomes()).toContainEqual({ gatewayId: 'g1', host: 'h', pid: 1 });
    expect(await store().commit((tables) => tables.gateways.renew('g2', AT + 5))).toBe(true);
    expect(gateways.getAliveUntil('g2')).toBe(AT + 5);
    const others = ['g1', 'g2'].map((gatewayId) => gateways.getAliveUntil(gatewayId) ?? 0);
    expect(gateways.getNewestAliveUntil()).toBe(Math.max(...others));
    await store().commit((tables) => tables.gateways.remove('g2'));
    expect([gateways.getAliveUntil('g2'), sessions.get('s2')]).toEqual([undefined, undefined]);
    expect(sessions.get('s1')).toBeDefined();
    expect(await store().commit((tables) => tables.gateways.renew('g2', AT + 9))).toBe(false);
  });

  testClaims(store);
}

function testClaims(store: () => Store): void {
  it('keeps whose an address is, and finds it by the token that resumes it', async () => {
    const put = (claim: ReturnType<typeof claimOf>) => store().commit((tables) => tables.claims.put(claim));
    await put(claimOf('x'));
    await put(claimOf('x', { epoch: 2, resumeHash: 'new' }));
    const { claims } = store().read;
    expect(claims.get('a', 'x')).toEqual(claimOf('x', { epoch: 2, resumeHash: 'new' }));
    expect(claims.findByResumeHash('a', 'hash of x')).toBeUndefined();
    expect(claims.findByResumeHash('b', 'new')).toBeUndefined();
    expect(claims.findByResumeHash('a', 'new')?.epoch).toBe(2);
    await put(claimOf('x', { epoch: 3, resumeHash: 'newer', previousHash: 'new' }));
    expect(claims.findByResumeHash('a', 'newer')).toEqual(claims.findByResumeHash('a', 'new'));
    expect(claims.get('a', 'x')).toMatchObject({ resumeHash: 'newer', previousHash: 'new' });
  });

  it('forgets generated addresses that nobody uses or used of late', async () => {
    const old = { isGenerated: true, usedAt: '2020-01-01T00:00:00.000Z' };
    await store().commit((tables) => {
      tables.claims.put(claimOf('chosen', { ...old, isGenerated: false }));
      tables.claims.put(claimOf('late', { isGenerated: true }));
      tables.claims.put(claimOf('ag::a::worker::01', old));
      tables.claims.put(claimOf('gone', old));
      tables.sessions.put(sessionOf('s1'));
      tables.claims.prune(NOW);
    });
    const kept = ['chosen', 'late', 'ag::a::worker::01', 'gone'].filter((name) =>
      store().read.claims.get('a', name),
    );
    expect(kept).toEqual(['chosen', 'late', 'ag::a::worker::01']);
  });
}
