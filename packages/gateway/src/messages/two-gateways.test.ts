import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Bus } from '../bus/bus.ts';
import { createMemoryBus } from '../bus/memory/memory-bus.ts';
import { createGateway } from '../gateway.ts';
import { openSession } from '../testing/message-sessions.ts';
import { startGateway } from '../testing/test-gateway.ts';

const A = 'ag::default::a::default';
const B = 'ag::default::b::default';

/** Two gateways on one database; with a bus each they do not hear of each other. */
async function startTwo([left, right]: readonly [Bus, Bus]) {
  const first = await startGateway({ bus: left });
  const log = pino({ level: 'silent' });
  const second = await createGateway({ database: first.database, port: 0, bus: right, log });
  const { url } = await second.listen();
  const [a, b] = [await first.register('a'), await first.register('b')];
  return {
    ...{ first, second: { url }, a, b },
    async [Symbol.asyncDispose]() {
      await second[Symbol.asyncDispose]();
      await first[Symbol.asyncDispose]();
    },
  };
}

function startTogether() {
  const bus = createMemoryBus();
  return startTwo([bus, bus]);
}

describe('two gateways on one database', () => {
  it('deliver in order what is sent over either', async () => {
    await using world = await startTogether();
    await using reader = await openSession(world.first, world.b);
    await using near = await openSession(world.first, world.a);
    await using far = await openSession(world.second, await world.first.register('c'));
    for (let index = 0; index < 50; index++) {
      // None waits for the other, so the commits of both interleave.
      await Promise.all([near.put(B, `near-${index}`), far.put(B, `far-${index}`)]);
    }
    const bodies: string[] = [];
    for (let index = 0; index < 100; index++) bodies.push((await reader.take()).body);
    for (const side of ['near', 'far'])
      expect(bodies.filter((body) => body.startsWith(side))).toEqual(
        Array.from({ length: 50 }, (_, index) => `${side}-${index}`),
      );
  });

  it('give each message of a pool to one reader, wherever it is', async () => {
    await using world = await startTogether();
    const principal = { type: 'pooled-task', implementation: 'crunch' } as const;
    await using here = await openSession(world.first, world.a, { principal });
    await using there = await openSession(world.second, world.b, { principal });
    await using sender = await openSession(world.first, world.a);
    const ids = Array.from({ length: 40 }, (_, index) => `m${index}`);
    await Promise.all(ids.map((id) => sender.put('tb::default::crunch', id, { id })));
    const taken: string[] = [];
    const readAll = async (session: typeof here) => {
      for (;;) {
        const { d, id } = await session.take();
        taken.push(id);
        session.ack(d);
      }
    };
    const reading = [readAll(here), readAll(there)].map((each) => each.catch(() => undefined));
    await expect.poll(() => taken.length, { timeout: 20_000 }).toBe(40);
    expect([...taken].sort()).toEqual([...ids].sort());
    await Promise.all([here, there].map((session) => session[Symbol.asyncDispose]()));
    await Promise.all(reading);
  });

  it('pass live messages on, and count whom a broadcast reached', async () => {
    await using world = await startTogether();
    await using near = await openSession(world.first, world.a);
    await using far = await openSession(world.second, world.b);
    near.raw.send({ t: 'live', to: B, kind: 'signal', n: 1 }, 'hi');
    expect(await far.raw.next('live')).toEqual({
      frame: { t: 'live', from: A, to: B, kind: 'signal' },
      body: 'hi',
    });
    await using third = await openSession(world.first, await world.first.register('c'));
    const { body } = await world.first.call(world.a, 'messages.broadcast', {
      to: 'ga::default',
      body: 'all',
    });
    expect(body).toEqual({ reached: 2, missed: 0 });
    expect((await far.raw.next('live')).body).toBe('all');
    expect((await third.raw.next('live')).body).toBe('all');
  });

  it('refuse what a session still says whose address another has, though it heard nothing of it', async () => {
    await using world = await startTwo([createMemoryBus(), createMemoryBus()]);
    await using stale = await openSession(world.first, world.a);
    await using sender = await openSession(world.first, world.b);
    await sender.put(A, 'for whoever is current');
    expect((await stale.take()).body).toBe('for whoever is current');
    await using current = await openSession(world.second, world.a, { takeOver: true });
    await expect(stale.put(B, 'stale')).rejects.toMatchObject({ code: 'CONFLICT' });
    stale.ack(1);
    expect((await stale.raw.ended).problem.code).toBe('CONFLICT');
    // What the stale one acknowledged still waits for the current one.
    expect((await current.take()).body).toBe('for whoever is current');
    const { body } = await world.first.call({ token: world.first.ownerToken }, 'queues.get', { address: A });
    expect(body).toMatchObject({ pending: 1, delivered: 0 });
  });
});
