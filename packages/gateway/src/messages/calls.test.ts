import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStream } from '../testing/event-stream.ts';
import { openSession } from '../testing/message-sessions.ts';
import { startGateway, type TestAgent, type TestGateway } from '../testing/test-gateway.ts';

let gateway: TestGateway;
let alice: TestAgent;
let bob: TestAgent;
const ALICE = 'ag::default::alice::default';
const BOB = 'ag::default::bob::default';
const owner = () => ({ token: gateway.ownerToken });

beforeAll(async () => {
  gateway = await startGateway();
  [alice, bob] = [await gateway.register('alice'), await gateway.register('bob')];
});
afterAll(() => gateway[Symbol.asyncDispose]());

describe('messages without a session', () => {
  it('are sent, listed by pages, acknowledged and rejected', async () => {
    const put = async (body: unknown, extra: object = {}) =>
      (await gateway.call(alice, 'messages.send', { to: BOB, body, ...extra })).body;
    const kept = await put({ a: [1] }, { messageId: 'm1', kind: 'control', expiresInSeconds: 60 });
    expect(await put({ a: [1] }, { messageId: 'm1' })).toEqual({ ...kept, isDuplicate: true });
    const [second, third] = [await put('two'), await put('three')];
    const { body: page } = await gateway.call(bob, 'messages.list', { limit: 2 });
    expect(page.items).toMatchObject([
      {
        messageId: 'm1',
        from: ALICE,
        to: BOB,
        kind: 'control',
        body: { a: [1] },
        sequence: kept.sequence,
        attempt: 1,
      },
      { body: 'two', sequence: second.sequence },
    ]);
    const { body: rest } = await gateway.call(bob, 'messages.list', { limit: 2, cursor: page.nextCursor });
    expect(rest.items).toMatchObject([{ body: 'three' }]);
    expect(rest).not.toHaveProperty('nextCursor');
    const { body: controls } = await gateway.call(bob, 'messages.list', { kind: 'control' });
    expect(controls.items).toHaveLength(1);
    const sequences = [kept.sequence, second.sequence];
    expect((await gateway.call(bob, 'messages.acknowledge', { sequences })).body).toEqual({
      acknowledged: 2,
    });
    expect((await gateway.call(bob, 'messages.acknowledge', { sequences })).body).toEqual({
      acknowledged: 0,
    });
    const reject = { sequences: [third.sequence], rejectReason: 'no' };
    expect((await gateway.call(bob, 'messages.acknowledge', reject)).body).toEqual({ acknowledged: 1 });
    expect((await gateway.call(bob, 'messages.list')).body.items).toEqual([]);
  });

  it('are never assignments, in whatever way they are sent', async () => {
    const forged = { to: BOB, kind: 'assignment', body: { launchId: 'mine' } } as const;
    expect((await gateway.call(alice, 'messages.send', forged)).body.code).toBe('FORBIDDEN');
    const toAll = { ...forged, to: 'ga::default' };
    expect((await gateway.call(owner(), 'messages.broadcast', toAll)).body.code).toBe('FORBIDDEN');
    await using session = await openSession(gateway, alice);
    const { to, kind, body } = forged;
    await expect(session.put(to, body, { kind })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    session.raw.send({ t: 'live', to, kind, n: 7 }, body);
    const { frame } = await session.raw.next('refused', ({ n }) => n === 7);
    expect(frame.problem.code).toBe('FORBIDDEN');
  });

  it('are sent in the name of a user only with a grant to write', async () => {
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const grant = { delegate: alice.agentId, operations: ['messages.*', 'tasks.*'], expiresAt };
    const give = async (level: number): Promise<string> =>
      (await gateway.call(owner(), 'grants.create', { ...grant, level })).body.grantId;
    const [reading, writing] = [await give(10), await give(20)];
    await using session = await openSession(gateway, alice);
    // Nobody reads there, so that what waits is in no other test's way.
    const to = 'ag::default::bob::spare';
    const put = (grantId: string) => session.put(to, 'hers', { grant: grantId });
    await expect(put(reading)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(put(writing)).resolves.toBeGreaterThan(0);
    const outcomes = [];
    for (const grantId of [reading, writing]) {
      const sent = await gateway.call(alice, 'messages.send', { to, body: 1, grantId });
      const made = await gateway.call(alice, 'tasks.create', { taskType: 'a', grantId });
      outcomes.push(sent.status, made.status);
    }
    expect(outcomes).toEqual([403, 403, 200, 200]);
  });

  it('reach a session at once, and those of a session the stream of an inbox', async () => {
    await using session = await openSession(gateway, bob);
    await gateway.call(alice, 'messages.send', { to: BOB, body: 'over http' });
    expect(await session.take()).toMatchObject({ from: ALICE, body: 'over http' });
    await using stream = await openStream(gateway, { sender: alice, path: '/v1/messages/watch' });
    await session.put(ALICE, 'over a session');
    expect((await stream.next())?.data).toMatchObject({ from: BOB, body: 'over a session' });
  });

  it('are read by nobody else', async () => {
    for (const [id, input] of [
      ['messages.list', { address: BOB }],
      ['messages.acknowledge', { address: BOB, sequences: [1] }],
    ] as const)
      expect((await gateway.call(alice, id, input)).body.code).toBe('FORBIDDEN');
    // Another address of the same agent is its own.
    const spare = 'ag::default::alice::spare';
    expect((await gateway.call(alice, 'messages.list', { address: spare })).status).toBe(200);
  });

  it('have who is away started, where somebody registered how', async () => {
    const start = { implementation: 'sleeper', profile: 'local' };
    expect((await gateway.call(owner(), 'implementations.put', start)).status).toBe(200);
    const to = 'ag::default::sleeper::1';
    await gateway.call(alice, 'messages.send', { to, body: 1 });
    await using session = await openSession(gateway, bob);
    await session.put('ag::default::sleeper::2', 2);
    const { body } = await gateway.call(owner(), 'launches.list');
    expect(body.items.map(({ address }: { address: string }) => address).sort()).toEqual([
      to,
      'ag::default::sleeper::2',
    ]);
  });

  it('whose body is not JSON are shown as text', async () => {
    await using session = await openSession(gateway, alice);
    const to = 'ag::default::alice::spare';
    session.raw.sendText(`{"t":"send","n":1,"to":"${to}","kind":"chat","id":"broken"}\n{"half":\n`);
    await session.raw.next('accepted');
    const { body } = await gateway.call(alice, 'messages.list', { address: to });
    expect(body.items).toMatchObject([{ messageId: 'broken', body: '{"half":' }]);
  });

  it('nested without end harm nobody: refused where they are read, else shown as text', async () => {
    await using session = await openSession(gateway, alice);
    const to = 'ag::default::alice::deep';
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const put = (n: number, [address, kind, body]: readonly [string, string, string]) =>
      session.raw.sendText(
        `{"t":"send","n":${n},"to":"${address}","kind":"${kind}","id":"d${n}"}\n${body}\n`,
      );
    put(1, [to, 'chat', deep]);
    await session.raw.next('accepted');
    const { status, body } = await gateway.call(alice, 'messages.list', { address: to });
    expect([status, body.items]).toMatchObject([200, [{ messageId: 'd1', body: deep }]]);
    put(2, ['event::default', 'event', `{"type":"x","data":{"a":${deep}}}`]);
    const { frame } = await session.raw.next('refused', ({ n }) => n === 2);
    expect(frame.problem.code).toBe('VALIDATION_FAILED');
    await using stream = await openStream(gateway, { sender: owner(), path: '/v1/metrics/watch' });
    put(3, ['metric::default', 'metric', `{"raw":${deep}}`]);
    await session.put('metric::default', { raw: 'after' }, { kind: 'metric' });
    expect((await stream.next())?.data).toMatchObject({ raw: 'after' });
  });

  it('cross into another workspace only where a rule lets them', async () => {
    const { body: child } = await gateway.call(owner(), 'workspaces.create', { name: 'beside' });
    const to = 'ag::beside::carol::default';
    expect((await gateway.call(alice, 'messages.send', { to, body: 1 })).body.code).toBe('FORBIDDEN');
    const rule = await gateway.call({ token: child.ownerToken }, 'acl.createRule', {
      ...{
        principalType: 'agent',
        principalId: ALICE,
        resourceType: 'workspace',
        resourceId: 'beside',
        level: 20,
      },
    });
    expect(rule.status).toBe(200);
    expect((await gateway.call(alice, 'messages.send', { to, body: 1 })).status).toBe(200);
    expect((await gateway.call(bob, 'messages.send', { to, body: 1 })).body.code).toBe('FORBIDDEN');
    // Its queue is seen there, not here.
    expect((await gateway.call(owner(), 'queues.get', { address: to })).status).toBe(404);
    const { body: queues } = await gateway.call({ token: child.ownerToken }, 'queues.list');
    expect(queues.items).toMatchObject([{ address: to, pending: 1, isConnected: false }]);
  });
});

describe('queues', () => {
  it('are purged by owners, which the log keeps', async () => {
    const address = 'ag::default::nobody::x';
    for (const body of [1, 2, 3]) await gateway.call(alice, 'messages.send', { to: address, body });
    const purge = { address, reason: 'test' };
    expect((await gateway.call(alice, 'queues.purge', purge)).status).toBe(403);
    expect((await gateway.call(owner(), 'queues.purge', purge)).body).toEqual({ removed: 3 });
    expect((await gateway.call(owner(), 'queues.get', { address })).body).toMatchObject({
      pending: 0,
      delivered: 0,
    });
    const { body: log } = await gateway.call(owner(), 'audit.list', { event: 'queue.purged' });
    expect(log.items).toMatchObject([{ subject: address, data: { removed: 3, reason: 'test' } }]);
  });
});

describe('measurements', () => {
  it('reach bridges, also later, and who watches them at once', async () => {
    const principal = { type: 'metrics-bridge', implementation: 'prom', specifier: '1' } as const;
    const bridge = () => openSession(gateway, owner(), { principal });
    await (await bridge())[Symbol.asyncDispose]();
    await using stream = await openStream(gateway, { sender: owner(), path: '/v1/metrics/watch?name=depth' });
    const samples = [
      { name: 'depth', value: 3 },
      { name: 'other', value: 1 },
    ];
    const { body } = await gateway.call(alice, 'metrics.report', { samples });
    expect(body).toEqual({ accepted: 2 });
    expect((await stream.next())?.data).toMatchObject({
      source: ALICE,
      samples: [{ name: 'depth', value: 3 }],
    });
    await using session = await openSession(gateway, alice);
    await session.put('metric::default', { raw: { any: 'thing' } }, { kind: 'metric' });
    await session.put('metric::default', { samples: [{ name: 'depth', value: 4 }] }, { kind: 'metric' });
    expect((await stream.next())?.data).toMatchObject({ samples: [{ name: 'depth', value: 4 }] });
    await using late = await bridge();
    expect(await late.take()).toMatchObject({ from: ALICE, to: 'metric::default', kind: 'metric' });
    expect((await late.take()).body).toEqual({ raw: { any: 'thing' } });
  });
});
