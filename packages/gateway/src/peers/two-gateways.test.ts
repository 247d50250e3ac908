import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { createMemoryBus } from '../bus/memory/memory-bus.ts';
import { createGateway } from '../gateway.ts';
import { openSqliteStore } from '../stores/sqlite/open.ts';
import { agreeToRelay, openRegistered } from '../testing/peer-sessions.ts';
import { startGateway } from '../testing/test-gateway.ts';

const offer = { type: 'OFFER', sdp: 'v=0', linkId: 'l'.repeat(16) };
const unknown = { code: 'NOT_FOUND' };

/** Two gateways on one database, which hear each other, with an agent for each. */
async function startTwo() {
  const bus = createMemoryBus();
  const first = await startGateway({ bus });
  const log = pino({ level: 'silent' });
  const gateway = await createGateway({ database: first.database, port: 0, bus, log });
  const { url } = await gateway.listen();
  const [a, b] = [await first.register('a'), await first.register('b')];
  return {
    ...{ first, second: { url, gateway }, a, b, bus },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await first[Symbol.asyncDispose]();
    },
  };
}

describe('peers on two gateways', () => {
  it('signal each other, both ways and in order', async () => {
    await using world = await startTwo();
    await using here = await openRegistered(world.first, world.a);
    await using there = await openRegistered(world.second, world.b);
    const sent: string[] = [];
    for (let index = 0; index < 20; index++) sent.push(await here.signal(there.did, offer));
    for (const text of sent) {
      const came = await there.take();
      expect(came.text).toBe(text);
      expect(came.from).toEqual({ did: here.did, agentId: world.a.agentId, workspace: 'default' });
    }
    await there.signal(here.did, { type: 'ANSWER', sdp: 'v=0' });
    expect((await here.take()).message.type).toBe('ANSWER');
  });

  it('relay packets, and hear of those that were refused there', async () => {
    await using world = await startTwo();
    await using here = await openRegistered(world.first, world.a);
    await using there = await openRegistered(world.second, world.b);
    expect(await here.refusal(here.relay(there.did, 'AAAA'))).toMatchObject({ code: 'FORBIDDEN' });
    await agreeToRelay(here, there);
    here.relay(there.did, 'AAAA');
    await vi.waitFor(() =>
      expect(there.raw.received).toContainEqual({ frame: { t: 'relay', from: here.did }, body: 'AAAA' }),
    );
    await there.register({ allowsRelay: false });
    expect(await here.refusal(here.relay(there.did, 'AAAA'))).toMatchObject({ code: 'FORBIDDEN' });
    await there[Symbol.asyncDispose]();
    await vi.waitFor(async () =>
      expect(await here.refusal(here.relay(there.did, 'AAAA'))).toMatchObject(unknown),
    );
    await expect(here.signal(there.did, offer)).rejects.toMatchObject(unknown);
  });

  it('are where they registered last', async () => {
    await using world = await startTwo();
    await using caller = await openRegistered(world.first, world.a);
    await using older = await openRegistered(world.first, world.b);
    const principal = { type: 'agent', implementation: 'b', specifier: 'peers' } as const;
    await using newer = await openRegistered(world.second, world.b, { principal });
    expect((await older.take()).message).toMatchObject({ type: 'ERROR', problem: { code: 'CONFLICT' } });
    await caller.signal(newer.did, offer);
    expect((await newer.take()).message.type).toBe('OFFER');
    const { body } = await world.first.call(world.a, 'agents.find', { isOnline: true });
    expect(body.items).toHaveLength(2);
  });

  it('are gone with their gateway, whether it said so or not', async () => {
    await using world = await startTwo();
    await using here = await openRegistered(world.first, world.a);
    const there = await openRegistered(world.second, world.b);
    const store = openSqliteStore(world.first.database);
    const gatewayId = there.raw.welcome.gatewayId;
    const online = async () =>
      (await world.first.call(world.a, 'agents.find', { isOnline: true })).body.items;
    expect(await online()).toHaveLength(2);
    await store.commit(({ gateways }) => gateways.renew(gatewayId, Date.now() - 60_000));
    expect(store.read.peers.find(there.did, Date.now())).toBeUndefined();
    await expect(here.signal(there.did, offer)).rejects.toMatchObject(unknown);
    expect(await online()).toMatchObject([{ did: here.did, isOnline: true }]);
    await store.close();
  });

  it('whose gateway does not answer are unavailable, and what became of it is said to be unknown', async () => {
    await using world = await startTwo();
    await using here = await openRegistered(world.first, world.a);
    await using there = await openRegistered(world.second, world.b);
    const store = openSqliteStore(world.first.database);
    const deaf = store.read.peers.find(there.did, Date.now());
    await store.commit(({ sessions, peers, gateways }) => {
      const session = store.read.sessions.get(there.raw.welcome.sessionId);
      if (!deaf || !session) throw new Error('not registered');
      gateways.insert({ gatewayId: 'deaf', host: 'h', pid: 1 }, Date.now() + 60_000);
      sessions.put({ ...session, gatewayId: 'deaf' });
      peers.put({ ...deaf, gatewayId: 'deaf' });
    });
    await expect(here.signal(there.did, offer)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await store.close();
  });
});
