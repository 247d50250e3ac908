import { afterEach, describe, expect, it } from 'vitest';
import { framesOf, type LiveSession, startLiveSession, until } from '../../test-support/live-session.ts';
import type { FarSession, SessionScript } from '../../test-support/session-server.ts';
import { BonafideError } from '../errors.ts';
import { toBase64Url } from '../identity/bytes.ts';
import { encodeEnvelope, signEnvelope } from '../identity/envelope.ts';
import type { Envelope } from '../identity/envelope-format.ts';
import { createKeyPair, signerFromSeed } from '../identity/keys.ts';
import { MAX_RELAYED_BYTES, MAX_SIGNAL_BYTES, PEER_SIGNAL } from '../models/peer-limits.ts';
import { toProblem } from '../problem.ts';
import type { GatewayFrame } from '../protocol/index.ts';

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function start(...given: Parameters<typeof startLiveSession>): Promise<LiveSession> {
  const started = await startLiveSession(...given);
  opened.push(started);
  return started;
}

const signer = signerFromSeed(createKeyPair().seed);
const BOB = 'did:key:bob';
const signed = (payload: unknown): Promise<Envelope> => signEnvelope(payload, { signer, type: PEER_SIGNAL });

/** A gateway that hands every signal on, except those to nobody. */
const gateway: SessionScript = {
  onFrame: ({ frame }, session) => {
    if (frame.t !== 'peer') return;
    if (frame.to === BOB) session.send({ t: 'peered', n: frame.n });
    else session.send({ t: 'refused', n: frame.n, problem: nobody });
  },
};
const nobody = toProblem(new BonafideError('NOT_FOUND', 'Nobody with that key takes signals.'));

describe('signals', () => {
  it('are sent as they were signed, and resolve once they were handed on', async () => {
    const { live, far } = await start(gateway);
    const envelope = await signed({ hello: 'there' });
    await live.signals.send(BOB, envelope);
    expect(far().received).toEqual([
      { frame: { t: 'peer', n: expect.any(Number), to: BOB }, body: encodeEnvelope(envelope) },
    ]);
  });

  it('reject with what the gateway says', async () => {
    const { live } = await start(gateway);
    const sent = live.signals.send('did:key:nobody', await signed(1));
    await expect(sent).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('are sent again in order when they were not answered before the connection was lost', async () => {
    const { live, server, far } = await start({
      onFrame: (read, session) => {
        if (session.epoch > 1) gateway.onFrame?.(read, session);
      },
    });
    const envelopes = await Promise.all([1, 2, 3].map(signed));
    const sent = Promise.all(envelopes.map((envelope) => live.signals.send(BOB, envelope)));
    await until(() => framesOf(far(), 'peer').length === 3);
    far().cut();
    await sent;
    expect(server.sessions).toHaveLength(2);
    const bodies = far().received.map(({ body }) => body);
    expect(bodies).toEqual(envelopes.map(encodeEnvelope));
    expect(framesOf(far(), 'peer')).toEqual(server.sessions[0]?.received.map(({ frame }) => frame));
  });

  describe('of who had registered', () => {
    const tell = (live: LiveSession['live'], type: string) =>
      signed({ message: { type } }).then((envelope) => live.signals.send(live.gatewayDid, envelope));
    const targetsOf = (far: FarSession, gatewayDid: string) =>
      framesOf(far, 'peer').map(({ to }) => (to === gatewayDid ? 'gateway' : 'peer'));

    /** Registered, then lost while two signals wait; `answer` is what the new connection says to the gateway's own. */
    async function startLost(answer: (session: FarSession, n: number) => void) {
      const started = await start({
        onFrame: ({ frame }, session) => {
          if (frame.t !== 'peer') return;
          if (frame.to === BOB && session.epoch === 1) return;
          if (frame.to !== BOB && session.epoch > 1) answer(session, frame.n);
          else session.send({ t: 'peered', n: frame.n });
        },
      });
      const { live, far } = started;
      await tell(live, 'REGISTER');
      const early = [1, 2].map(async (each) => live.signals.send(BOB, await signed(each)));
      await until(() => framesOf(far(), 'peer').length === 3);
      const connected = new Promise((resolve) => live.on('connected', resolve));
      far().cut();
      await connected;
      return { ...started, early };
    }

    it('wait after a lost connection for the next registration, and then go in order', async () => {
      const { live, far, early } = await startLost((session, n) => session.send({ t: 'peered', n }));
      const late = live.signals.send(BOB, await signed(3));
      await tell(live, 'PING');
      expect(targetsOf(far(), live.gatewayDid)).toEqual(['gateway']);
      await tell(live, 'REGISTER');
      await Promise.all([...early, late]);
      expect(targetsOf(far(), live.gatewayDid)).toEqual(['gateway', 'gateway', 'peer', 'peer', 'peer']);
      const payloads = far().received.map(({ body }) => JSON.parse(body).payload);
      expect(payloads.slice(2)).toEqual([1, 2, 3]);
    });

    it('go on when it is refused, for the gateway to say what that means', async () => {
      const { live, early } = await startLost((session, n) =>
        session.send({ t: 'refused', n, problem: nobody }),
      );
      await expect(tell(live, 'REGISTER')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await Promise.all(early);
    });
  });

  it('that were answered are not sent again', async () => {
    const { live, far, server } = await start(gateway);
    await live.signals.send(BOB, await signed(1));
    const connected = new Promise((resolve) => live.on('connected', resolve));
    far().cut();
    await connected;
    await live.signals.send(BOB, await signed(2));
    expect(server.sessions).toHaveLength(2);
    expect(framesOf(far(), 'peer')).toHaveLength(1);
  });

  it('are given up in time, at the caller’s wish, and with the session', async () => {
    const { live } = await start();
    const envelope = await signed(1);
    await expect(live.signals.send(BOB, envelope, { timeoutMs: 1 })).rejects.toMatchObject({
      code: 'TIMEOUT',
      details: { to: BOB, timeoutMs: 1 },
    });
    const controller = new AbortController();
    const aborted = live.signals.send(BOB, envelope, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    await expect(live.signals.send(BOB, envelope, { signal: controller.signal })).rejects.toThrow('enough');
    const late = expect(live.signals.send(BOB, envelope)).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
    });
    await live.close();
    await late;
    await expect(live.signals.send(BOB, envelope)).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
  });

  it('are refused when too many wait, or when one is too large', async () => {
    const { live } = await start();
    const controller = new AbortController();
    const { signal } = controller;
    const envelope = await signed(1);
    const waiting = Array.from({ length: 1000 }, () => live.signals.send(BOB, envelope, { signal }));
    await expect(live.signals.send(BOB, envelope)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    controller.abort(new Error('enough'));
    const outcomes = await Promise.allSettled(waiting);
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    const large = await signed('€'.repeat(MAX_SIGNAL_BYTES / 3));
    await expect(live.signals.send(BOB, large)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  });

  it('come to their handlers as they were sent, until the handler is removed', async () => {
    const { live, far } = await start();
    const seen: unknown[] = [];
    const remove = live.signals.onSignal((signal) => void seen.push(signal));
    live.signals.onSignal(({ envelope }) => void seen.push(envelope));
    const from = { did: BOB, agentId: 'agent-1', workspace: 'default' };
    far().send({ t: 'peer', from }, '{"a":1}');
    far().send({ t: 'peer' }, '{"b":2}');
    await until(() => seen.length === 4);
    remove();
    far().send({ t: 'peer' }, '{"c":3}');
    await until(() => seen.length === 5);
    expect(seen).toEqual([
      ...[{ from, envelope: '{"a":1}' }, '{"a":1}'],
      ...[{ from: undefined, envelope: '{"b":2}' }, '{"b":2}', '{"c":3}'],
    ]);
  });

  it('that cannot be read, and handlers that throw, are errors and end nothing', async () => {
    const { live, far } = await start();
    const errors: string[] = [];
    const seen: string[] = [];
    live.on('error', ({ message }) => void errors.push(message));
    live.signals.onSignal(({ envelope }) => {
      throw new Error(`boom ${envelope}`);
    });
    live.signals.onSignal(({ envelope }) => void seen.push(envelope));
    far().send({ t: 'peer', from: { did: 7 } } as unknown as GatewayFrame, '{}');
    far().send({ t: 'peer' }, '');
    far().send({ t: 'peer' }, `"${'€'.repeat(MAX_SIGNAL_BYTES / 3)}"`);
    far().send({ t: 'peer' }, '{}');
    await until(() => seen.length === 1);
    expect(errors).toEqual([
      ...Array.from({ length: 3 }, () => 'The gateway sent a signal that cannot be read.'),
      'A handler failed: boom {}',
    ]);
  });
});

describe('relayed packets', () => {
  const packet = crypto.getRandomValues(new Uint8Array(MAX_RELAYED_BYTES));

  it('leave as base64url, and only while there is a connection', async () => {
    const { live, far, server } = await start();
    expect(live.signals.relay(BOB, packet)).toBe(true);
    await until(() => far().received.length === 1);
    expect(far().received).toEqual([
      { frame: { t: 'relay', n: expect.any(Number), to: BOB }, body: toBase64Url(packet) },
    ]);
    const lost = new Promise((resolve) => live.on('disconnected', resolve));
    const again = server.opened();
    far().cut();
    await lost;
    expect(live.signals.relay(BOB, packet)).toBe(false);
    const session = await again;
    await until(() => live.isConnected);
    expect(session.received).toEqual([]);
  });

  it('are not larger than a gateway takes', async () => {
    const { live } = await start();
    const large = new Uint8Array(MAX_RELAYED_BYTES + 1);
    expect(() => live.signals.relay(BOB, large)).toThrowError(/at most 32768 bytes/);
  });

  it('that failed are told once, of those that are remembered', async () => {
    const { live, far } = await start();
    const failures: unknown[] = [];
    live.signals.onRelayFailure((to, { code }) => void failures.push([to, code]));
    for (let count = 0; count < 1025; count++) live.signals.relay(`did:key:${count}`, new Uint8Array(1));
    await until(() => framesOf(far(), 'relay').length === 1025);
    const numbers = framesOf(far(), 'relay').map(({ n }) => n);
    for (const n of [numbers[0], numbers[1], numbers[1], numbers[1024]]) {
      far().send({ t: 'refused', n: n ?? 0, problem: nobody });
    }
    await until(() => failures.length === 2);
    expect(failures).toEqual([
      ['did:key:1', 'NOT_FOUND'],
      ['did:key:1024', 'NOT_FOUND'],
    ]);
  });

  it('come to their handlers; what cannot be read is an error', async () => {
    const { live, far } = await start();
    const seen: unknown[] = [];
    const errors: string[] = [];
    live.on('error', ({ message }) => void errors.push(message));
    live.signals.onRelayed((from, sealed) => void seen.push([from, sealed]));
    far().send({ t: 'relay' } as unknown as GatewayFrame, 'AAAA');
    far().send({ t: 'relay', from: BOB }, 'AA==');
    far().send({ t: 'relay', from: BOB }, 'A');
    far().send({ t: 'relay', from: BOB }, toBase64Url(new Uint8Array(MAX_RELAYED_BYTES + 1)));
    far().send({ t: 'relay', from: BOB }, toBase64Url(packet));
    await until(() => seen.length === 1);
    expect(seen).toEqual([[BOB, packet]]);
    expect(errors).toEqual(
      Array.from({ length: 4 }, () => 'The gateway sent a relayed packet that cannot be read.'),
    );
  });
});
