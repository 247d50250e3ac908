import { describe, expect, it } from 'vitest';
import { createFloor, type Floor, type Seat } from '../testing/message-floor.ts';
import { defaultLimits } from './limits.ts';
import { createMessageSweep } from './sweep.ts';

const A = 'ag::default::a::1';
const B = 'ag::default::b::1';

let n = 0;
const put = (seat: Seat, to: string, body: unknown, extra: object = {}) =>
  seat.send({ t: 'send', n: ++n, to, kind: 'chat', id: `m${n}`, ...extra }, body);
const framesOf = (seat: Seat, t: string) => seat.received.filter(({ frame }) => frame.t === t);
const bodiesOf = (seat: Seat, t = 'msg') => framesOf(seat, t).map(({ body }) => JSON.parse(body));
const queueOf = ({ services }: Floor, address: string) =>
  services.store.read.inboxes.find({ workspace: 'default', address });

describe('an inbox', () => {
  it('that is full refuses more, takes what it knows, and more once there is room', async () => {
    await using floor = await createFloor({ ...defaultLimits, inbox: { messages: 3, bytes: 1000 } });
    const a = await floor.open(A);
    for (const body of [1, 2, 3, 4]) put(a, B, body, { id: `x${body}` });
    put(a, B, 1, { id: 'x1' });
    await floor.settle();
    const [refused] = framesOf(a, 'refused');
    expect(refused?.frame).toMatchObject({ problem: { code: 'LIMIT_EXCEEDED' } });
    const accepted = framesOf(a, 'accepted').flatMap(({ frame }) =>
      frame.t === 'accepted' ? frame.list : [],
    );
    expect(accepted).toHaveLength(4);
    expect(accepted[3]?.[1]).toBe(-(accepted[0]?.[1] ?? 0));
    const b = await floor.open(B);
    await floor.settle();
    b.send({ t: 'ack', d: 2 });
    await floor.settle();
    put(a, B, 'x'.repeat(998));
    put(a, B, 5);
    await floor.settle();
    expect(framesOf(a, 'refused')).toHaveLength(2);
    expect(bodiesOf(b)).toEqual([1, 2, 3, 5]);
  });

  it('is one of a bounded number', async () => {
    await using floor = await createFloor({ ...defaultLimits, inboxes: 3 });
    const a = await floor.open(A);
    for (const each of ['x', 'y', 'z']) put(a, `ag::default::${each}::1`, each);
    await floor.settle();
    expect(framesOf(a, 'refused').map(({ frame }) => frame)).toMatchObject([
      { problem: { code: 'LIMIT_EXCEEDED' } },
    ]);
  });

  it('loses what is too old to a dead letter, recognises it still, and forgets it in the end', async () => {
    await using floor = await createFloor();
    const sweep = createMessageSweep(floor.services);
    const a = await floor.open(A);
    put(a, B, 'old', { id: 'old' });
    put(a, B, 'short', { id: 'short', ttl: 10 });
    await floor.settle();
    floor.advance(11_000);
    await sweep.sweep();
    expect(queueOf(floor, B)).toMatchObject({ pending: 1, expired: 1 });
    floor.advance(defaultLimits.retentionMs);
    put(a, B, 'new', { id: 'new' });
    await floor.settle();
    await sweep.prune();
    expect(queueOf(floor, B)).toMatchObject({ pending: 1, expired: 2 });
    const letters = () => floor.services.store.read.deadLetters.list({ workspace: 'default' }, { limit: 9 });
    expect(letters().map(({ reason, message }) => [reason, message.messageId])).toEqual([
      ['expired', 'old'],
      ['expired', 'short'],
    ]);
    put(a, B, 'old', { id: 'old' });
    await floor.settle();
    expect(queueOf(floor, B)?.pending).toBe(1);
    floor.advance(defaultLimits.dedupeMs);
    await sweep.prune();
    put(a, B, 'old', { id: 'old' });
    await floor.settle();
    expect(queueOf(floor, B)?.pending).toBe(1);
    expect(letters()).toMatchObject([{ message: { messageId: 'new' } }]);
  });
});

describe('a reader that is slow', () => {
  it('gets nothing ahead of what it takes, and all of it in order once it does', async () => {
    await using floor = await createFloor();
    const a = await floor.open(A);
    const b = await floor.open(B, { credit: 10_000 });
    await floor.settle();
    b.queuedBytes = defaultLimits.queuedBytes + 1;
    for (let body = 0; body < 1000; body++) put(a, B, body);
    await floor.settle();
    expect(framesOf(b, 'msg')).toHaveLength(0);
    b.queuedBytes = 0;
    b.drain();
    expect(bodiesOf(b)).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  });

  it('is told how many live messages it missed, and so is who asked', async () => {
    await using floor = await createFloor();
    const a = await floor.open(A);
    const b = await floor.open(B);
    await floor.settle();
    b.queuedBytes = defaultLimits.queuedBytes + 1;
    for (let each = 0; each < 5; each++) a.send({ t: 'live', to: B, kind: 'signal' }, each);
    a.send({ t: 'live', to: B, kind: 'signal', n: 9 }, 5);
    expect(framesOf(a, 'refused').map(({ frame }) => frame)).toMatchObject([
      { n: 9, problem: { code: 'UNAVAILABLE' } },
    ]);
    b.drain();
    expect(framesOf(b, 'lost')).toHaveLength(0);
    b.queuedBytes = 0;
    b.drain();
    expect(framesOf(b, 'lost').map(({ frame }) => frame)).toEqual([{ t: 'lost', count: 6 }]);
    a.send({ t: 'live', to: B, kind: 'signal' }, 'now');
    expect(bodiesOf(b, 'live')).toEqual(['now']);
  });
});

describe('frames that make no sense', () => {
  it.each([
    [{ t: 'ack', d: 1 }],
    [{ t: 'ack', d: 'x' }],
    [{ t: 'reject', d: 7, reason: 'x' }],
    [{ t: 'credit', messages: -1 }],
    [{ t: 'credit', messages: 1e9 }],
    [{ t: 'live', to: B, kind: 'nonsense' }],
  ])('are refused: %j', async (frame) => {
    await using floor = await createFloor();
    const a = await floor.open(A);
    await floor.settle();
    expect(() => a.send(frame as never, 1)).toThrow();
  });
});
