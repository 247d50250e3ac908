import { hostname } from 'node:os';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createMemoryBus } from '../bus/memory/memory-bus.ts';
import { createGateway } from '../gateway.ts';
import { openSqliteStore } from '../stores/sqlite/open.ts';
import { connectRaw } from '../testing/session-client.ts';
import { startGateway, type TestGateway } from '../testing/test-gateway.ts';

/** Two gateways on one database, which hear each other. */
async function startTwo(): Promise<AsyncDisposable & { first: TestGateway; secondUrl: string }> {
  const bus = createMemoryBus();
  const first = await startGateway({ bus });
  const log = pino({ level: 'silent' });
  const second = await createGateway({ database: first.database, port: 0, bus, log });
  const { url: secondUrl } = await second.listen();
  return {
    ...{ first, secondUrl },
    async [Symbol.asyncDispose]() {
      await second[Symbol.asyncDispose]();
      await first[Symbol.asyncDispose]();
    },
  };
}

describe('two gateways on one database', () => {
  it('let one session have an address, and the other one take it over at once', async () => {
    await using gateways = await startTwo();
    const proof = await gateways.first.register('worker');
    await using here = await connectRaw(gateways.first.url, { proof });
    await expect(connectRaw(gateways.secondUrl, { proof })).rejects.toMatchObject({ code: 'CONFLICT' });
    const { resumeToken } = here.welcome;
    await using there = await connectRaw(gateways.secondUrl, { proof, resumeToken });
    expect(there.welcome).toMatchObject({ epoch: 2, isResumed: true });
    expect((await here.ended).problem.code).toBe('CONFLICT');
    expect(there.welcome.gatewayId).not.toBe(here.welcome.gatewayId);
  });

  it('list and end the sessions of both', async () => {
    await using gateways = await startTwo();
    const owner = { token: gateways.first.ownerToken };
    const proof = await gateways.first.register('worker');
    await using there = await connectRaw(gateways.secondUrl, { proof });
    const { body } = await gateways.first.call(owner, 'connections.list');
    expect(body.items).toMatchObject([
      { sessionId: there.welcome.sessionId, gatewayId: there.welcome.gatewayId },
    ]);
    const order = { sessionId: there.welcome.sessionId, reason: 'gone', isGraceful: false };
    await gateways.first.call(owner, 'connections.disconnect', order);
    expect((await there.ended).problem.code).toBe('UNAVAILABLE');
  });

  it('close what was revoked at the other one', async () => {
    await using gateways = await startTwo();
    const owner = { token: gateways.first.ownerToken };
    const proof = await gateways.first.register('worker');
    await using there = await connectRaw(gateways.secondUrl, { proof });
    await gateways.first.call(owner, 'agents.revoke', { agentId: proof.agentId, reason: 'stolen' });
    expect((await there.ended).problem.code).toBe('REVOKED');
  });

  it('free the addresses of one that stopped', async () => {
    const bus = createMemoryBus();
    await using first = await startGateway({ bus });
    const log = pino({ level: 'silent' });
    const second = await createGateway({ database: first.database, port: 0, bus, log });
    const proof = await first.register('worker');
    const { url } = await second.listen();
    const there = await connectRaw(url, { proof });
    await second[Symbol.asyncDispose]();
    await there.ended;
    await using here = await connectRaw(first.url, { proof });
    expect(here.welcome.epoch).toBe(2);
  });

  it('free the addresses of one that died, as soon as its time is over or its machine says so', async () => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    const first = await connectRaw(gateway.url, { proof });
    first.send({ t: 'bye' });
    await first.ended;
    const store = openSqliteStore(gateway.database);
    const dead = { gatewayId: 'dead', host: 'elsewhere', pid: 1 };
    const session = {
      ...first.welcome,
      gatewayId: 'dead',
      principalType: 'agent',
      transport: 'websocket',
    } as const;
    const record = { ...session, actor: `agent:${proof.agentId}`, connectedAt: new Date().toISOString() };
    await store.commit((tables) => {
      tables.gateways.insert(dead, Date.now() + 60_000);
      tables.sessions.put(record);
    });
    await expect(connectRaw(gateway.url, { proof })).rejects.toMatchObject({ code: 'CONFLICT' });
    await store.commit((tables) => tables.gateways.renew('dead', Date.now() - 1));
    await using heir = await connectRaw(gateway.url, { proof });
    expect(heir.welcome.epoch).toBe(2);
    await store.close();
  });

  it('free at their start what a process of the same machine left behind', async () => {
    await using gateway = await startGateway();
    const store = openSqliteStore(gateway.database);
    const gone = { gatewayId: 'gone', host: hostname(), pid: 2 ** 30 };
    const elsewhere = { gatewayId: 'elsewhere', host: 'elsewhere', pid: 2 ** 30 };
    await store.commit((tables) => {
      for (const home of [gone, elsewhere]) tables.gateways.insert(home, Date.now() + 60_000);
    });
    const log = pino({ level: 'silent' });
    const next = await createGateway({ database: gateway.database, port: 0, log });
    const known = store.read.gateways.listHomes().map(({ gatewayId }) => gatewayId);
    expect(known).toContain('elsewhere');
    expect(known).not.toContain('gone');
    await next[Symbol.asyncDispose]();
    await store.close();
  });
});
