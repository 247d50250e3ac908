import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';

const AT = 1_800_000_000_000;
const NOW = new Date(AT).toISOString();

const peerOf = (did: string, change: object = {}) => ({
  ...{ did, agentId: `agent of ${did}`, workspace: 'a', sessionId: `session of ${did}`, gatewayId: 'g1' },
  ...{ allowsRelay: true, registeredAt: NOW, ...change },
});

const agentOf = (name: string, change: object = {}) => ({
  ...{ agentId: `agent-${name}`, did: `did-${name}`, name, agentType: 'ai_agent' as const, description: '' },
  ...{ capabilities: [], status: 'active' as const, isListed: false, workspace: 'a', previousDids: [] },
  ...{ createdAt: NOW, updatedAt: NOW, ...change },
});

/** The part of the suite about who takes peer connections, and what agents do for each other. */
export function testPeers(store: () => Store): void {
  const join = (gatewayId: string, aliveUntil = AT) =>
    store().commit(({ gateways }) => gateways.insert({ gatewayId, host: 'h', pid: 1 }, aliveUntil));
  const connect = (sessionId: string, gatewayId = 'g1') =>
    store().commit(({ sessions }) =>
      sessions.put({
        ...{ sessionId, address: `ag::a::${sessionId}::01`, principalType: 'agent', actor: 'agent:x' },
        ...{ workspace: 'a', epoch: 1, transport: 'websocket', gatewayId, connectedAt: NOW },
      }),
    );
  const register = (peer: ReturnType<typeof peerOf>) => store().commit(({ peers }) => peers.put(peer));
  const find = (did: string) => store().read.peers.find(did, AT);

  it('knows who takes peer connections, as long as its session has its address', async () => {
    await join('g1');
    await connect('session of x');
    await register(peerOf('x'));
    await register(peerOf('without session'));
    expect(find('x')).toEqual(peerOf('x'));
    expect([find('without session'), find('y')]).toEqual([undefined, undefined]);
    await store().commit(({ sessions }) => sessions.remove('session of x'));
    expect(find('x')).toBeUndefined();
  });

  it('lets the newest registration of a key win, which its predecessor does not take away', async () => {
    await join('g1');
    await connect('s1');
    await connect('s2');
    await register(peerOf('x', { sessionId: 's1' }));
    await register(peerOf('x', { sessionId: 's2', allowsRelay: false }));
    await store().commit(({ peers }) => peers.remove('x', 's1'));
    expect(find('x')).toEqual(peerOf('x', { sessionId: 's2', allowsRelay: false }));
    await store().commit(({ peers }) => peers.remove('x', 's2'));
    expect(find('x')).toBeUndefined();
  });

  it('counts nobody whose gateway is dead, and forgets who was on one that is removed', async () => {
    await join('g1', AT - 1);
    await connect('session of x');
    await register(peerOf('x'));
    expect([find('x'), store().read.peers.find('x', AT - 1)?.did]).toEqual([undefined, 'x']);
    await store().commit(({ gateways }) => gateways.remove('g1'));
    await join('g1');
    await connect('session of x');
    expect(find('x')).toBeUndefined();
  });

  testSkills(store, { join, connect, register });
}

interface Presence {
  readonly join: (gatewayId: string) => Promise<void>;
  readonly connect: (sessionId: string) => Promise<void>;
  readonly register: (peer: ReturnType<typeof peerOf>) => Promise<void>;
}

function testSkills(store: () => Store, { join, connect, register }: Presence): void {
  const found = (query: object) =>
    store()
      .read.agents.findProfiles({ workspace: 'a', ...query }, { limit: 9 })
      .map(({ name }) => name);

  it('keeps skills beside their agent, and finds it by them', async () => {
    const skills = [
      { capability: 'csv.clean', description: 'Removes 100% broken_rows', inputSchema: { type: 'object' } },
      { capability: 'csv.sort', description: '' },
    ];
    await store().commit(({ agents }) => {
      agents.insert(agentOf('x', { capabilities: ['csv.clean'] }));
      agents.insert(agentOf('y', { capabilities: ['poem'] }));
      agents.setSkills('agent-x', skills);
    });
    const { agents } = store().read;
    expect([agents.getSkills('agent-x'), agents.getSkills('agent-y')]).toEqual([skills, undefined]);
    expect(['csv.sort', 'csv.clean', 'poem', 'csv'].map((capability) => found({ capability }))).toEqual([
      ...[['x'], ['x'], ['y'], []],
    ]);
    expect(['BROKEN_', '0% b', '%x', 'csv.s'].map((text) => found({ text }))).toEqual([
      ['x'],
      ['x'],
      [],
      ['x'],
    ]);
    await store().commit((tables) => {
      tables.agents.update(agentOf('x', { capabilities: [] }));
      tables.agents.update(agentOf('y', { capabilities: ['song'] }));
    });
    expect(['csv.clean', 'song', 'poem'].map((capability) => found({ capability }))).toEqual([
      ['x'],
      ['y'],
      [],
    ]);
    await store().commit((tables) => tables.agents.setSkills('agent-x', []));
    expect([
      agents.getSkills('agent-x'),
      found({ capability: 'csv.sort' }),
      found({ text: 'broken' }),
    ]).toEqual([...[undefined, [], []]]);
  });

  it('finds agents by their trust, and those who take peer connections with the key they have', async () => {
    await join('g1');
    const scores = { x: 0.7996, y: 0.7994 };
    await store().commit(({ agents, trustScores }) => {
      for (const name of ['x', 'y', 'z']) agents.insert(agentOf(name));
      for (const [name, score] of Object.entries(scores)) {
        const trust = { agentId: `agent-${name}`, score, isProvisional: false, factors: {} as never };
        trustScores.put({ ...trust, workspace: 'a', alarm: 0, computedAt: NOW });
        // What another workspace thinks of it does not count.
        trustScores.put({ ...trust, workspace: 'b', score: 1, alarm: 0, computedAt: NOW });
      }
    });
    expect([found({ minTrust: 0.8 }), found({ minTrust: 0.1 }), found({})]).toEqual([
      ...[['x'], ['y', 'x'], ['z', 'y', 'x']],
    ]);
    await connect('s');
    await register(peerOf('did-x', { sessionId: 's' }));
    expect([found({ onlineAtMs: AT }), found({ onlineAtMs: AT + 1 })]).toEqual([['x'], []]);
    await store().commit(({ agents }) => agents.replaceKey(agentOf('x'), 'did-new'));
    expect(found({ onlineAtMs: AT })).toEqual([]);
  });
}
