import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { createMemoryBus } from '../bus/memory/memory-bus.ts';
import { createGateway } from '../gateway.ts';
import { openSqliteStore } from '../stores/sqlite/open.ts';
import { connectRaw } from '../testing/session-client.ts';
import { startGateway } from '../testing/test-gateway.ts';

const HOUR = 3_600_000;
const retry = { maxAttempts: 5, initialBackoffMs: 0, maxBackoffMs: 0 };

describe.each([
  ['an hour ahead', HOUR],
  ['an hour back', -HOUR],
])('a clock that is set %s', (_, jump) => {
  it('ends no session, no lease of one, and nothing before its time on that clock', async () => {
    let clock = Date.now();
    await using gateway = await startGateway({ now: () => clock });
    const owner = { token: gateway.ownerToken };
    const proof = await gateway.register('hand');
    await using session = await connectRaw(gateway.url, { proof });
    await using other = await connectRaw(gateway.url, {
      proof,
      principal: { type: 'agent', specifier: 'b' },
    });
    const task = { taskType: 'a', implementation: 'hand', retry };
    const { body } = await gateway.call(owner, 'tasks.create', task);
    const { taskId } = body;
    const { tasks } = await session.call('tasks.claim');
    expect(tasks).toMatchObject([{ taskId, attempt: 1 }]);
    await session.call('kv.put', { key: 'long', value: 1, ttlSeconds: 7200 });
    await session.call('kv.put', { key: 'short', value: 1, ttlSeconds: 1800 });
    const to = 'ag::default::away::1';
    await session.call('messages.send', { to, body: 1, expiresInSeconds: 7200 });

    clock += jump;
    // No claim looks past the lease, before and after it was renewed.
    expect((await other.call('tasks.claim')).tasks).toEqual([]);
    const lateHello = connectRaw(gateway.url, {
      proof: owner,
      principal: { type: 'agent', implementation: 'x' },
    });
    await using late = await lateHello;
    expect(late.welcome.epoch).toBe(1);
    const again = { proof: owner, principal: { type: 'agent', implementation: 'x' } } as const;
    await expect(connectRaw(gateway.url, again)).rejects.toMatchObject({ code: 'CONFLICT' });
    const isRenewed = async () => {
      const { leaseExpiresAt } = (await gateway.call(owner, 'tasks.get', { taskId })).body;
      expect(Math.abs(Date.parse(leaseExpiresAt) - clock)).toBeLessThanOrEqual(60_000);
    };
    await vi.waitFor(isRenewed, { timeout: 30_000, interval: 100 });
    expect((await other.call('tasks.claim')).tasks).toEqual([]);
    expect((await session.call('kv.get', { key: 'long' })).entry).toMatchObject({ value: 1 });
    const { entry } = await session.call('kv.get', { key: 'short' });
    if (jump < 0) expect(entry).toMatchObject({ value: 1 });
    else expect(entry ?? null).toBeNull();
    const done = await session.call('tasks.complete', { taskId, attempt: 1 });
    expect(done).toMatchObject({ status: 'completed', attempt: 1 });
    const connections = (await gateway.call(owner, 'connections.list')).body.items;
    expect(connections).toHaveLength(3);
  });

  it('lets no gateway take another for dead', async () => {
    let clock = Date.now();
    const [now, bus] = [() => clock, createMemoryBus()];
    await using first = await startGateway({ now, bus });
    const log = pino({ level: 'silent' });
    await using second = await createGateway({ database: first.database, port: 0, bus, log, now });
    const { url } = await second.listen();
    const proof = await first.register('worker');
    await using here = await connectRaw(first.url, { proof });
    await using there = await connectRaw(url, { proof, principal: { type: 'agent', specifier: 'b' } });
    const store = openSqliteStore(first.database);
    const homes = [here, there].map(({ welcome }) => welcome.gatewayId);
    clock += jump;
    const areRenewed = () =>
      expect(homes.map((id) => (store.read.gateways.getAliveUntil(id) ?? 0) - clock)).toEqual([
        10_000, 10_000,
      ]);
    await vi.waitFor(areRenewed, { timeout: 20_000, interval: 50 });
    clock += 3000;
    await vi.waitFor(areRenewed, { timeout: 20_000, interval: 50 });
    await store.close();
    for (const session of [here, there]) {
      expect(await session.call('gateway.getInfo')).toMatchObject({ name: 'bonafide-gateway' });
      expect(session.received.some(({ frame }) => frame.t === 'bye')).toBe(false);
    }
  });
});
