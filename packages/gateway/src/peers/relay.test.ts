import { MAX_RELAYED_BYTES } from '@bonafide/core/models';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { agreeToRelay, openPeer, openRegistered } from '../testing/peer-sessions.ts';
import { startGateway, type TestAgent, type TestGateway } from '../testing/test-gateway.ts';

let gateway: TestGateway;
let [alice, bob]: TestAgent[] = [];
let round = 0;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(async () => {
  round++;
  [alice, bob] = [await gateway.register(`alice-${round}`), await gateway.register(`bob-${round}`)];
});

const a = () => alice as TestAgent;
const b = () => bob as TestAgent;
const packet = (fill: number, bytes = MAX_RELAYED_BYTES) => Buffer.alloc(bytes, fill).toString('base64url');

describe('a sealed packet', () => {
  it('comes as it was sent, in order, with whose it is', async () => {
    await using caller = await openRegistered(gateway, a());
    await using callee = await openRegistered(gateway, b());
    await agreeToRelay(caller, callee);
    const sent = Array.from({ length: 20 }, (_, index) =>
      packet(index, index === 0 ? MAX_RELAYED_BYTES : index),
    );
    for (const body of sent) caller.relay(callee.did, body);
    const came = () => callee.raw.received.filter(({ frame }) => frame.t === 'relay');
    for (const _ of sent) await nextRelay(callee);
    expect(came().map(({ body }) => body)).toEqual(sent);
    expect(new Set(came().map(({ frame }) => JSON.stringify(frame)))).toEqual(
      new Set([JSON.stringify({ t: 'relay', from: caller.did })]),
    );
    expect(caller.raw.received.some(({ frame }) => frame.t === 'refused')).toBe(false);
  });

  it.each([
    ['larger than a packet may be', packet(0, MAX_RELAYED_BYTES + 1), 'PAYLOAD_TOO_LARGE'],
    ['base64 of another alphabet', 'ab+/', 'VALIDATION_FAILED'],
    ['padded', 'YWI=', 'VALIDATION_FAILED'],
    ['lines', 'AAAA\r', 'VALIDATION_FAILED'],
    ['not only ASCII', 'abc\u0141', 'VALIDATION_FAILED'],
    ['no bytes', 'A', 'VALIDATION_FAILED'],
    ['empty', '', 'VALIDATION_FAILED'],
    ['another frame', '{"t":"bye"}', 'VALIDATION_FAILED'],
  ])('that is %s is refused', async (_name, body, code) => {
    await using caller = await openRegistered(gateway, a());
    await using callee = await openRegistered(gateway, b());
    await agreeToRelay(caller, callee);
    expect(await caller.refusal(caller.relay(callee.did, body))).toMatchObject({ code });
  });

  it('goes only from and to those who allow it', async () => {
    await using unwilling = await openRegistered(gateway, a(), { allowsRelay: false });
    await using willing = await openRegistered(gateway, b());
    await using stranger = await openPeer(gateway, await gateway.register(`carol-${round}`));
    const forbidden = { code: 'FORBIDDEN' };
    expect(await unwilling.refusal(unwilling.relay(willing.did, 'AAAA'))).toMatchObject(forbidden);
    expect(await willing.refusal(willing.relay(unwilling.did, 'AAAA'))).toMatchObject(forbidden);
    expect(await stranger.refusal(stranger.relay(willing.did, 'AAAA'))).toMatchObject({
      code: 'UNAVAILABLE',
    });
    expect(await willing.refusal(willing.relay(stranger.did, 'AAAA'))).toMatchObject({ code: 'NOT_FOUND' });
    // Consent can be taken back, also from who knew of it.
    await unwilling.register({ allowsRelay: true });
    await agreeToRelay(willing, unwilling);
    willing.relay(unwilling.did, 'AAAA');
    await nextRelay(unwilling);
    await unwilling.register({ allowsRelay: false });
    expect(await willing.refusal(willing.relay(unwilling.did, 'AAAA'))).toMatchObject(forbidden);
  });

  it('goes only to those who named a key for it', async () => {
    await using caller = await openRegistered(gateway, a());
    await using callee = await openRegistered(gateway, b());
    const refusal = () => caller.refusal(caller.relay(callee.did, 'AAAA'));
    const forbidden = { code: 'FORBIDDEN' };
    expect(await refusal()).toMatchObject(forbidden);
    const offer = { type: 'OFFER', sdp: 'v=0', linkId: 'l'.repeat(16) };
    const relayKey = Buffer.alloc(32, 1).toString('base64url');
    await caller.signal(callee.did, { ...offer, relayKey });
    expect(await refusal()).toMatchObject(forbidden);
    // Neither a refusal nor an answer without a key is consent.
    await callee.signal(caller.did, { type: 'ERROR', problem: { code: 'FORBIDDEN', detail: 'no' } });
    await callee.signal(caller.did, { type: 'ANSWER', sdp: 'v=0' });
    expect(await refusal()).toMatchObject(forbidden);
    await callee.signal(caller.did, { type: 'ANSWER', sdp: 'v=0', relayKey });
    caller.relay(callee.did, 'AAAA');
    expect((await nextRelay(callee)).frame.from).toBe(caller.did);
  });

  it('to who went away is refused, also in the midst of many', async () => {
    await using caller = await openRegistered(gateway, a());
    const callee = await openRegistered(gateway, b());
    await agreeToRelay(caller, callee);
    caller.relay(callee.did, 'AAAA');
    await nextRelay(callee);
    callee.raw.send({ t: 'bye' });
    await callee.raw.ended;
    expect(await caller.refusal(caller.relay(callee.did, 'AAAA'))).toMatchObject({ code: 'NOT_FOUND' });
    await using again = await openRegistered(gateway, b());
    await agreeToRelay(again, caller);
    caller.relay(again.did, 'BBBB');
    expect((await nextRelay(again)).frame.from).toBe(caller.did);
  });

  it('to nobody costs what may be signalled', async () => {
    const atMs = Date.now();
    await using paced = await startGateway({ now: () => atMs });
    await using caller = await openRegistered(paced, await paced.register('one'));
    const refusals = Array.from({ length: 200 }, (_, index) =>
      caller.refusal(caller.relay(`did:key:nobody${index}`, 'AAAA')),
    );
    const codes = (await Promise.all(refusals)).map(({ code }) => code);
    expect(codes).toEqual([...Array.from({ length: 199 }, () => 'NOT_FOUND'), 'RATE_LIMITED']);
  });
});

describe('who does not read', () => {
  it('gets what fits and no more, is still signalled, and everything that was not refused once it reads', async () => {
    await using caller = await openRegistered(gateway, a());
    await using callee = await openRegistered(gateway, b());
    await agreeToRelay(caller, callee);
    callee.raw.socket.pause();
    const body = packet(1);
    const refused: number[] = [];
    const isRefused = () => caller.raw.received.some(({ frame }) => frame.t === 'refused');
    let sent = 0;
    // The network takes some first; what the gateway holds is bounded.
    while (!isRefused()) {
      expect(sent).toBeLessThan(10_000);
      for (let index = 0; index < 10; index++, sent++) caller.relay(callee.did, body);
      await caller.raw.call('gateway.getInfo');
    }
    for (const { frame } of caller.raw.received) {
      if (frame.t !== 'refused') continue;
      refused.push(frame.n);
      expect(frame.problem.code).toBe('UNAVAILABLE');
    }
    await caller.signal(callee.did, { type: 'ERROR', problem: { code: 'TIMEOUT', detail: 'hello?' } });
    callee.raw.socket.resume();
    expect((await callee.take()).message.type).toBe('ERROR');
    const came = callee.raw.received.filter(({ frame }) => frame.t === 'relay');
    expect(came).toHaveLength(sent - refused.length);
  });
});

/** Its body is no JSON, so that it is looked up where it was received. */
async function nextRelay(session: Awaited<ReturnType<typeof openPeer>>) {
  return new Promise<{ frame: { from: string } }>((resolve) => {
    const taken = counts.get(session) ?? 0;
    counts.set(session, taken + 1);
    const look = () => {
      const found = session.raw.received.filter(({ frame }) => frame.t === 'relay')[taken];
      if (!found) return;
      session.raw.socket.off('message', look);
      resolve(found as never);
    };
    session.raw.socket.on('message', look);
    look();
  });
}
const counts = new WeakMap<object, number>();
