import type { SessionPrincipal } from '@bonafide/core/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSession } from '../testing/message-sessions.ts';
import { joinAs } from '../testing/people.ts';
import type { HelloChange } from '../testing/session-client.ts';
import { startGateway, type TestAgent, type TestGateway } from '../testing/test-gateway.ts';

let gateway: TestGateway;
let [alice, bob]: TestAgent[] = [];
let [aliceName, bobName] = ['', ''];
let round = 0;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());
// Each test has its own two, on one gateway.
beforeEach(async () => {
  round++;
  [alice, bob] = [await gateway.register(`alice-${round}`), await gateway.register(`bob-${round}`)];
  aliceName = `ag::default::alice-${round}::default`;
  bobName = `ag::default::bob-${round}::default`;
});

const as = (agent: TestAgent | undefined, change: HelloChange = {}) =>
  openSession(gateway, { signer: (agent as TestAgent).signer }, change);
const owner = (principal: SessionPrincipal) =>
  openSession(gateway, { token: gateway.ownerToken }, { principal });

describe('a kept message', () => {
  it('is accepted with its sequence, delivered with who sent it, and gone once acknowledged', async () => {
    await using sender = await as(alice);
    await using reader = await as(bob);
    const sequence = await sender.put(bobName.replaceAll('::', '.'), { hi: 1 }, { id: 'm1', replyTo: 'm0' });
    expect(await reader.take()).toEqual({
      ...{ t: 'msg', d: 1, id: 'm1', from: aliceName, to: bobName, kind: 'chat', seq: sequence },
      ...{ at: expect.any(String), try: 1, replyTo: 'm0', body: { hi: 1 } },
    });
    reader.ack(1);
    await reader.settle();
    await reader[Symbol.asyncDispose]();
    await using again = await as(bob);
    await sender.put(bobName, 2, { id: 'm2' });
    expect(await again.take()).toMatchObject({ id: 'm2', d: 1, try: 1 });
  });

  it('keeps its order, and many of one turn are answered in one frame', async () => {
    await using sender = await as(alice);
    await using reader = await as(bob);
    const lines = Array.from(
      { length: 100 },
      (_, index) =>
        `{"t":"send","n":${index + 1},"to":"${bobName}","kind":"chat","id":"m${index}"}\n${index}\n`,
    ).join('');
    sender.raw.sendText(lines);
    const { frame } = await sender.raw.next('accepted');
    expect(frame.list.map(([n]) => n)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    const sequences = frame.list.map(([, sequence]) => sequence);
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    for (let index = 0; index < 100; index++) expect((await reader.take()).body).toBe(index);
  });

  it('is recognised when it is sent again, also after it was acknowledged', async () => {
    await using sender = await as(alice);
    await using reader = await as(bob);
    const sequence = await sender.put(bobName, 1, { id: 'same' });
    expect(await sender.put(bobName, 1, { id: 'same' })).toBe(-sequence);
    reader.ack((await reader.take()).d);
    await reader.settle();
    expect(await sender.put(bobName, 1, { id: 'same' })).toBe(-sequence);
    // The id is the sender's own: that of another says nothing about it.
    await using other = await as(await gateway.register(`carol-${round}`));
    expect(await other.put(bobName, 3, { id: 'same' })).toBeGreaterThan(sequence);
    expect((await reader.take()).body).toBe(3);
  });

  it('waits for who is away, comes again until it is acknowledged, and counts how often', async () => {
    await using sender = await as(alice);
    await sender.put(bobName, 'x', { id: 'm' });
    for (const attempt of [1, 2, 3]) {
      await using reader = await as(bob);
      expect(await reader.take()).toMatchObject({ id: 'm', try: attempt });
    }
  });

  it('is a dead letter after ten deliveries in vain, and can be put back', async () => {
    await using sender = await as(alice);
    await sender.put(bobName, 'poison', { id: 'm' });
    for (let attempt = 1; attempt <= 10; attempt++) {
      await using reader = await as(bob);
      expect((await reader.take()).try).toBe(attempt);
    }
    await using reader = await as(bob);
    await sender.put(bobName, 'next');
    expect((await reader.take()).body).toBe('next');
    await reader.settle();
    const { body } = await gateway.call({ token: gateway.ownerToken }, 'queues.listDeadLetters', {
      address: bobName,
    });
    expect(body.items).toMatchObject([{ reason: 'attempts', message: { messageId: 'm', body: 'poison' } }]);
    const { deadLetterId } = body.items[0];
    await gateway.call({ token: gateway.ownerToken }, 'queues.redeliver', { deadLetterId });
    expect(await reader.take()).toMatchObject({ id: 'm', body: 'poison', try: 1 });
  });

  it('is a dead letter when it is rejected, and those around it are not', async () => {
    await using sender = await as(alice);
    await using reader = await as(bob);
    for (const id of ['a', 'b', 'c']) await sender.put(bobName, id, { id });
    for (let index = 0; index < 3; index++) await reader.take();
    reader.raw.sendText('{"t":"ack","d":1}\n{"t":"reject","d":2,"reason":"no"}\n{"t":"ack","d":3}\n');
    await reader.settle();
    const token = { token: gateway.ownerToken };
    const { body } = await gateway.call(token, 'queues.listDeadLetters', { address: bobName });
    expect(body.items).toMatchObject([{ reason: 'rejected', detail: 'no', message: { messageId: 'b' } }]);
    const { body: queue } = await gateway.call(token, 'queues.get', { address: bobName });
    expect(queue).toMatchObject({
      pending: 0,
      pendingBytes: 0,
      delivered: 2,
      deadLettered: 1,
      isConnected: true,
    });
  });

  it('is held back while the credit is used up', async () => {
    await using sender = await as(alice);
    await using reader = await as(bob, { credit: 2 });
    for (const body of [1, 2, 3, 4, 5]) await sender.put(bobName, body);
    await reader.take();
    await reader.take();
    await reader.settle();
    expect(reader.raw.received.filter(({ frame }) => frame.t === 'msg')).toHaveLength(2);
    reader.ack(1);
    expect((await reader.take()).body).toBe(3);
    reader.raw.send({ t: 'credit', messages: 10 });
    expect((await reader.take()).body).toBe(4);
    expect((await reader.take()).body).toBe(5);
  });

  it.each([
    [{ kind: 'nonsense' }, 'VALIDATION_FAILED'],
    [{ id: 'no spaces' }, 'VALIDATION_FAILED'],
    [{ id: '' }, 'VALIDATION_FAILED'],
    [{ ttl: -1 }, 'VALIDATION_FAILED'],
    [{ replyTo: 7 }, 'VALIDATION_FAILED'],
    [{ grant: 'x' }, expect.stringMatching(/FORBIDDEN|NOT_FOUND|VALIDATION_FAILED/)],
  ])('is refused alone with %j', async (change, code) => {
    await using sender = await as(alice);
    await expect(sender.put(bobName, 1, change as object)).rejects.toMatchObject({ code });
    expect(await sender.put(bobName, 1)).toBeGreaterThan(0);
  });

  it.each([
    ['no address', 'VALIDATION_FAILED'],
    ['ga::default', 'VALIDATION_FAILED'],
    ['uu::somebody', 'FORBIDDEN'],
    ['ag::elsewhere::x::y', 'FORBIDDEN'],
  ])('is refused alone when it is for %s', async (to, code) => {
    await using sender = await as(alice);
    await expect(sender.put(to, 1)).rejects.toMatchObject({ code });
  });

  it('is refused when it is too large, and goes when it just fits', async () => {
    await using sender = await as(alice);
    await using reader = await as(bob);
    await expect(sender.put(bobName, 'x'.repeat(1_048_575))).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
    });
    await expect(sender.put(bobName, 'ä'.repeat(600_000))).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
    });
    await sender.put(bobName, 'x'.repeat(1_048_574));
    expect((await reader.take()).body).toHaveLength(1_048_574);
  });

  it('says who sent it, whatever the sender says', async () => {
    await using sender = await as(alice);
    await using reader = await as(bob);
    sender.raw.sendText(
      `{"t":"send","n":1,"to":"${bobName}","kind":"chat","id":"m","from":"${bobName}","sub":"uu::boss"}\n1\n`,
    );
    const taken = await reader.take();
    expect(taken).toMatchObject({ from: aliceName });
    expect(taken).not.toHaveProperty('sub');
  });

  it('whose time is over is not delivered', async () => {
    let offset = 0;
    await using clocked = await startGateway({ now: () => Date.now() + offset });
    const [first, second] = [await clocked.register('a'), await clocked.register('b')];
    await using sender = await openSession(clocked, first);
    await sender.put('ag::default::b::default', 'old', { ttl: 1 });
    await sender.put('ag::default::b::default', 'new', { ttl: 10 });
    offset = 5000;
    await using reader = await openSession(clocked, second);
    expect((await reader.take()).body).toBe('new');
    reader.ack(1);
    await reader.settle();
    const token = { token: clocked.ownerToken };
    const { body } = await clocked.call(token, 'queues.get', { address: 'ag::default::b::default' });
    expect(body).toMatchObject({ pending: 0, delivered: 1, expired: 1 });
  });

  it('of a session that was taken over is refused', async () => {
    await using stale = await as(alice);
    await using current = await as(alice, { takeOver: true });
    expect(current.raw.welcome.epoch).toBe(2);
    await expect(stale.put(bobName, 1)).rejects.toThrow();
    await current.put(bobName, 2);
    await using reader = await as(bob);
    expect((await reader.take()).body).toBe(2);
  });
});

describe('shared inboxes', () => {
  it('a pool gives each message to one, and what its reader did not finish to another', async () => {
    const principal: SessionPrincipal = { type: 'pooled-task', implementation: `crunch-${round}` };
    await using sender = await as(alice);
    await using first = await as(alice, { principal });
    await using second = await as(bob, { principal });
    const pool = `tb::default::crunch-${round}`;
    for (let index = 0; index < 6; index++) await sender.put(pool, index);
    const taken = [...(await takeAll(first, 3)), ...(await takeAll(second, 3))];
    expect(taken.map(({ body }) => body).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    const lost = taken.slice(0, 3);
    await first[Symbol.asyncDispose]();
    const again = await takeAll(second, 3);
    expect(again.map(({ id }) => id).sort()).toEqual(lost.map(({ id }) => id).sort());
    expect(again.map((each) => each.try)).toEqual([2, 2, 2]);
    second.ack(6);
    await second.settle();
    const { body } = await gateway.call({ token: gateway.ownerToken }, 'queues.get', { address: pool });
    expect(body).toMatchObject({ pending: 0, delivered: 6 });
  });

  it('every window of a user gets a message, and the first that acknowledges settles it', async () => {
    const { token, memberId } = await joinAs(gateway, 'member');
    const window = (name: string) =>
      openSession(gateway, { token }, { principal: { type: 'user', window: name } });
    await using left = await window('left');
    await using right = await window('right');
    await using service = await owner({ type: 'service', implementation: 'mail', specifier: `${round}` });
    await service.put(`uu::${memberId}`, 'hello', { id: 'm' });
    expect(await left.take()).toMatchObject({ id: 'm', to: `uu::${memberId}` });
    expect(await right.take()).toMatchObject({ id: 'm' });
    left.ack(1);
    await left.settle();
    await using late = await window('late');
    await service.put(`uu::${memberId}`, 'next');
    expect((await late.take()).body).toBe('next');
  });

  it('events reach each engine that ever connected, and the rules once', async () => {
    const engine = () => owner({ type: 'workflow-engine', implementation: 'flow', specifier: `e${round}` });
    await (await engine())[Symbol.asyncDispose]();
    await using sender = await as(alice);
    const event = { type: `built.${round}`, data: { size: 3 } };
    const sequence = await sender.put('event::default', event, { id: 'e', kind: 'event' });
    expect(await sender.put('event::default', event, { id: 'e', kind: 'event' })).toBe(-sequence);
    await expect(sender.put('event::default', { no: 'type' })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    await expect(
      sender.put('event::default', { type: 'x', data: { text: 'x'.repeat(70_000) } }),
    ).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    await using back = await engine();
    expect(await back.take()).toMatchObject({ id: 'e', from: aliceName, to: 'event::default', body: event });
  });
});

describe('a live message', () => {
  it('passes to who is connected, and is refused when nobody is', async () => {
    await using sender = await as(alice);
    sender.raw.send({ t: 'live', to: bobName, kind: 'signal', n: 5 }, 1);
    expect((await sender.raw.next('refused')).frame).toMatchObject({
      n: 5,
      problem: { code: 'UNAVAILABLE' },
    });
    await using reader = await as(bob);
    sender.raw.sendText(
      `{"t":"live","to":"${bobName}","kind":"signal","from":"ag::default::boss::x"}\n{"a":1}\n`,
    );
    expect(await reader.raw.next('live')).toEqual({
      frame: { t: 'live', from: aliceName, to: bobName, kind: 'signal' },
      body: { a: 1 },
    });
  });

  it('to all reaches them but not its sender, and is counted', async () => {
    await using sender = await as(alice);
    await using reader = await as(bob);
    const { body } = await gateway.call(alice as TestAgent, 'messages.broadcast', {
      to: 'ga::default',
      body: 'all',
    });
    expect(body).toEqual({ reached: 1, missed: 0 });
    expect((await reader.raw.next('live')).body).toBe('all');
    expect(sender.raw.received.some(({ frame }) => frame.t === 'live')).toBe(false);
  });
});

async function takeAll(session: Awaited<ReturnType<typeof as>>, count: number) {
  const taken = [];
  for (let index = 0; index < count; index++) taken.push(await session.take());
  return taken;
}
