import { verifyEnvelope } from '@bonafide/core/identity';
import { MAX_SIGNAL_BYTES, PEER_SIGNAL } from '@bonafide/core/models';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPeer, openRegistered } from '../testing/peer-sessions.ts';
import { connectRaw } from '../testing/session-client.ts';
import { newSigner, startGateway, type TestAgent, type TestGateway } from '../testing/test-gateway.ts';

const offer = { type: 'OFFER', sdp: 'v=0', linkId: 'l'.repeat(16) };
const about = { payload: { connectionId: 'c'.repeat(16), sequence: 1 } };
const unknown = {
  code: 'NOT_FOUND',
  detail: 'Nobody with this key that you can find takes peer connections now.',
};

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

describe('a signal', () => {
  it('comes as it was signed, with who its sender is', async () => {
    await using caller = await openRegistered(gateway, a());
    await using callee = await openRegistered(gateway, b());
    const sent = await caller.signal(callee.did, offer, about);
    const { text, from } = await callee.take();
    expect(text).toBe(sent);
    expect(from).toEqual({ did: caller.did, agentId: a().agentId, workspace: 'default' });
    expect((await verifyEnvelope(text, { type: PEER_SIGNAL })).iss).toBe(caller.did);
  });

  it('keeps its place in the order of its sender', async () => {
    await using caller = await openRegistered(gateway, a());
    await using callee = await openRegistered(gateway, b());
    const texts: string[] = [];
    for (let sequence = 1; sequence <= 50; sequence++)
      texts.push(
        await caller.write(callee.did, { type: 'ICE_CANDIDATE', candidate: null }, { payload: { sequence } }),
      );
    await Promise.all(texts.map((text) => caller.sendBody(callee.did, text)));
    for (const text of texts) expect((await callee.take()).text).toBe(text);
  });

  it('whose text is not canonical, whose signature is forged, or whose payload was changed is refused', async () => {
    await using caller = await openRegistered(gateway, a());
    await using callee = await openRegistered(gateway, b());
    const text = await caller.write(callee.did, offer);
    const bodies = [
      ` ${text}`,
      text.replace('v=0', 'v=1'),
      text.replace(/"sig":".{10}/, '"sig":"AAAAAAAAAA'),
      // The right name over the key of somebody else.
      await caller.write(callee.did, offer, { signer: { ...newSigner(), did: caller.did } }),
      await caller.write(callee.did, offer, { type: 'session.hello' }),
      'not json',
    ];
    for (const body of bodies)
      await expect(caller.sendBody(callee.did, body)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    await caller.signal(callee.did, offer);
    await callee.take();
    expect(callee.raw.received.filter(({ frame }) => frame.t === 'peer')).toHaveLength(1);
  });

  it('that another agent signed is refused, also when it is a good one', async () => {
    await using caller = await openRegistered(gateway, a());
    await using callee = await openRegistered(gateway, b());
    const refused = caller.signal(callee.did, offer, { signer: b().signer });
    await expect(refused).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(caller.signal(callee.did, offer, { signer: newSigner() })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it('says itself for whom it is', async () => {
    await using caller = await openRegistered(gateway, a());
    await using callee = await openRegistered(gateway, b());
    const elsewhere = caller.sendBody(gateway.gateway.did, await caller.write(callee.did, offer));
    await expect(elsewhere).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      issues: [{ path: 'payload.to' }],
    });
  });

  it.each([
    ['never expires', () => ({ expiresInSeconds: undefined }), 'SIGNATURE_INVALID'],
    ['lives for too long', () => ({ expiresInSeconds: 61 }), 'SIGNATURE_INVALID'],
    ['is from the future', () => ({ nowMs: Date.now() + 60_000 }), 'SIGNATURE_INVALID'],
    ['is stale', () => ({ nowMs: Date.now() - 61_000 }), 'SIGNATURE_EXPIRED'],
  ])('that %s is refused', async (_name, change, code) => {
    await using caller = await openRegistered(gateway, a());
    await using callee = await openRegistered(gateway, b());
    await expect(caller.signal(callee.did, offer, change())).rejects.toMatchObject({ code });
  });

  it.each([
    [{ payload: { version: 2 } }],
    [{ payload: { more: 1 } }],
    [{ payload: { connectionId: 'short' } }],
    [{ payload: { sequence: 0 } }],
  ])('with %j is refused', async (change) => {
    await using caller = await openRegistered(gateway, a());
    await using callee = await openRegistered(gateway, b());
    const refused = expect(caller.signal(callee.did, offer, change)).rejects;
    await refused.toMatchObject({ code: 'VALIDATION_FAILED', issues: [{ message: expect.any(String) }] });
  });

  it('that is too large is refused, in characters and in bytes', async () => {
    await using caller = await openRegistered(gateway, a());
    await using callee = await openRegistered(gateway, b());
    for (const text of ['x'.repeat(MAX_SIGNAL_BYTES + 1), '€'.repeat(MAX_SIGNAL_BYTES / 2)])
      await expect(caller.sendBody(callee.did, text)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    await caller.signal(callee.did, { ...offer, sdp: 'x'.repeat(32_768) });
    expect(await callee.take()).toMatchObject({ message: { sdp: 'x'.repeat(32_768) } });
  });

  it('is handed on once by one session, and again by the next one of the agent', async () => {
    await using callee = await openRegistered(gateway, b());
    const caller = await openRegistered(gateway, a());
    const text = await caller.signal(callee.did, offer);
    await expect(caller.sendBody(callee.did, text)).rejects.toMatchObject({ code: 'REPLAYED' });
    await caller[Symbol.asyncDispose]();
    await using again = await openRegistered(gateway, a());
    await again.sendBody(callee.did, text);
    expect([(await callee.take()).text, (await callee.take()).text]).toEqual([text, text]);
  });

  it('that was refused may be sent again', async () => {
    await using caller = await openRegistered(gateway, a());
    const text = await caller.write(b().signer.did, offer);
    await expect(caller.sendBody(b().signer.did, text)).rejects.toMatchObject(unknown);
    await using _callee = await openRegistered(gateway, b());
    await caller.sendBody(b().signer.did, text);
  });

  it.each([
    { type: 'INTENT', intent: { kind: 'request', request: { query: 'what can you do' } } },
    {
      type: 'EXEC_REQUEST',
      request: { action: 'start', capability: 'csv', args: {}, timeoutMs: 1000 },
    },
    { type: 'EXEC_RESPONSE', response: { status: 'accepted' } },
  ])('of type $type goes directly between peers, never through a gateway', async (message) => {
    await using caller = await openRegistered(gateway, a());
    await using callee = await openRegistered(gateway, b());
    for (const to of [callee.did, gateway.gateway.did])
      await expect(caller.signal(to, message)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await caller.signal(callee.did, offer);
    expect((await callee.take()).message.type).toBe('OFFER');
  });

  it('of the other direction is refused', async () => {
    await using caller = await openRegistered(gateway, a());
    await using callee = await openRegistered(gateway, b());
    const unsupported = { code: 'UNSUPPORTED' };
    const ping = { type: 'PING', sequence: 1 };
    await expect(caller.signal(callee.did, ping)).rejects.toMatchObject(unsupported);
    await expect(caller.signal(gateway.gateway.did, offer)).rejects.toMatchObject(unsupported);
    const pong = { type: 'PONG', sequence: 1 };
    await expect(caller.signal(callee.did, pong)).rejects.toMatchObject(unsupported);
  });

  it('of a session without a key is refused', async () => {
    const principal = { type: 'service', implementation: 'x', specifier: `${round}` } as const;
    await using session = await connectRaw(gateway.url, { proof: { token: gateway.ownerToken }, principal });
    for (const t of ['peer', 'relay']) {
      session.sendText(`{"t":"${t}","n":7,"to":"${b().signer.did}"}\nAAAA\n`);
      expect((await session.next('refused')).frame).toMatchObject({ n: 7, problem: { code: 'FORBIDDEN' } });
    }
  });

  it('without a number ends the session, and one to nothing is refused', async () => {
    await using caller = await openRegistered(gateway, a());
    caller.raw.sendText('{"t":"peer","n":3,"to":{"a":1}}\n{}\n');
    expect(await caller.refusal(3)).toMatchObject({ code: 'VALIDATION_FAILED' });
    caller.raw.sendText(`{"t":"peer","to":"${b().signer.did}"}\n{}\n`);
    expect((await caller.raw.ended).problem.code).toBe('VALIDATION_FAILED');
  });

  it('beyond what one session may send is refused, and nothing is handed on', async () => {
    let atMs = Date.now();
    await using paced = await startGateway({ now: () => atMs });
    const one = await paced.register('one');
    await using caller = await openPeer(paced, one);
    // A forged one costs as much as a good one.
    const junk = Array.from({ length: 200 }, () =>
      caller.sendBody(one.signer.did, '{}').catch((e: unknown) => e),
    );
    expect(
      (await Promise.all(junk)).every((error) => (error as { code: string }).code === 'SIGNATURE_INVALID'),
    ).toBe(true);
    await expect(caller.register()).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      details: { retryAfterMs: 10 },
    });
    atMs += 10;
    await caller.signal(paced.gateway.did, { type: 'REGISTER', allowsRelay: true }, { nowMs: atMs });
  });
});

describe('the gateway', () => {
  it('answers a ping with a pong of its own key, while it knows of a registration', async () => {
    await using session = await openPeer(gateway, a());
    await expect(session.signal(gateway.gateway.did, { type: 'PING', sequence: 1 })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      details: { reason: 'unregistered' },
    });
    await session.register();
    await session.signal(gateway.gateway.did, { type: 'PING', id: 'ping-1', sequence: 5 });
    const { text, from, message } = await session.take();
    expect(from).toBeUndefined();
    expect(message).toMatchObject({ type: 'PONG', correlationId: 'ping-1', sequence: 5 });
    const envelope = await verifyEnvelope(text, { type: PEER_SIGNAL });
    expect(envelope).toMatchObject({ iss: gateway.gateway.did, payload: { version: 1, to: session.did } });
    expect((envelope.exp ?? 0) - envelope.iat).toBe(60);
  });
});
