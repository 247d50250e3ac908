import type { BonafideError } from '@bonafide/core';
import { type Envelope, encodeEnvelope, signEnvelope } from '@bonafide/core/identity';
import { PEER_SIGNAL, type PeerSignal } from '@bonafide/core/models';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSide, type Side } from '../testing/connected.ts';
import { FakeRtc } from '../testing/fake-rtc.ts';
import { type Carried, createSigner, SignalSwitch } from '../testing/signal-switch.ts';

const SHORT_MS = 400;
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 5 });

let signals: SignalSwitch;
let rtc: FakeRtc;
let alice: Side;
let bob: Side;
/** An agent like any other, of the same workspace. */
let mallory: Side;

async function openAll(connectTimeoutMs: number): Promise<void> {
  signals = new SignalSwitch();
  rtc = new FakeRtc();
  alice = openSide(signals.sit(), { rtc, connectTimeoutMs });
  bob = openSide(signals.sit(), { rtc, connectTimeoutMs });
  mallory = openSide(signals.sit(), { rtc, connectTimeoutMs });
  await Promise.all([alice, bob, mallory].map(({ connector }) => connector.registered));
}

afterEach(async () => {
  for (const { connector } of [alice, bob, mallory]) await connector[Symbol.asyncDispose]();
});

const read = ({ envelope }: Carried): Envelope => JSON.parse(envelope) as Envelope;
const payloadOf = (signal: Carried): PeerSignal => read(signal).payload as PeerSignal;
const typeOf = (signal: Carried): string => payloadOf(signal).message.type;
const reasonsOf = (side: Side) => side.violations.map(({ reason }) => reason);

/** The same signal with something else in its payload, under the signature of the first. */
function tamper(signal: Carried, change: (payload: PeerSignal) => PeerSignal): Carried {
  const envelope = read(signal);
  return { ...signal, envelope: encodeEnvelope({ ...envelope, payload: change(payloadOf(signal)) }) };
}

async function resign(signal: Carried, by = signals.signer): Promise<Carried> {
  const envelope = await signEnvelope(payloadOf(signal), {
    signer: by,
    type: PEER_SIGNAL,
    expiresInSeconds: 60,
  });
  return { ...signal, envelope: encodeEnvelope(envelope) };
}

/** The gateway meddles with signals of this type only. */
function meddle(type: string, change: (signal: Carried) => readonly Carried[]): void {
  signals.interfere = (signal) => (typeOf(signal) === type ? change(signal) : [signal]);
}

async function failure(promise: Promise<unknown>): Promise<BonafideError> {
  const outcome = await promise.then(
    () => undefined,
    (error: BonafideError) => error,
  );
  if (!outcome) throw new Error('It was to fail.');
  return outcome;
}

function expectNoLinks(...sides: readonly Side[]): void {
  for (const side of sides) expect(side.linked).toEqual([]);
}

/** The fingerprint of another connection than the one that was signed. */
const swapFingerprint = (payload: PeerSignal): PeerSignal => {
  const { message } = payload;
  if (!('sdp' in message)) return payload;
  return { ...payload, message: { ...message, sdp: message.sdp.replace(/sha-256 \d+/, 'sha-256 3') } };
};

describe('a gateway between two agents cannot change what they say', () => {
  beforeEach(() => openAll(SHORT_MS));

  it.each(['OFFER', 'ANSWER'])('a fingerprint in the %s is swapped', async (type) => {
    meddle(type, (signal) => [tamper(signal, swapFingerprint)]);
    const error = await failure(alice.connector.connect(bob.did));
    const deceived = type === 'OFFER' ? bob : alice;
    expect(reasonsOf(deceived)[0]).toBe('forged');
    expect(deceived.violations[0]?.did).toBe(type === 'OFFER' ? alice.did : bob.did);
    // Who was told nothing can only wait; who saw the forgery says so.
    expect(error.code).toBe(type === 'OFFER' ? 'TIMEOUT' : 'SIGNATURE_INVALID');
    expectNoLinks(alice, bob, mallory);
    await until(() => expect(rtc.open).toEqual([]));
  });

  it('a relay key, a recipient, a number or a link is changed', async () => {
    const changes: ((payload: PeerSignal) => PeerSignal)[] = [
      (payload) => ({ ...payload, sequence: 2 }),
      (payload) => ({ ...payload, connectionId: 'x'.repeat(22) }),
      (payload) => ({ ...payload, message: { ...payload.message, relayKey: 'A'.repeat(43) } as never }),
      (payload) => ({ ...payload, message: { ...payload.message, linkId: 'y'.repeat(22) } as never }),
    ];
    meddle('OFFER', (signal) => changes.map((change) => tamper(signal, change)));
    await failure(alice.connector.connect(bob.did));
    expect(reasonsOf(bob)).toEqual(changes.map(() => 'forged'));
    expectNoLinks(alice, bob);
  });

  it.each(['OFFER', 'ANSWER', 'ICE_CANDIDATE'])(
    'a %s is signed again with the key of the gateway',
    async (type) => {
      const done: Promise<void>[] = [];
      meddle(type, (signal) => {
        done.push(resign(signal).then((forged) => signals.deliver(forged)));
        return [];
      });
      await failure(alice.connector.connect(bob.did));
      await Promise.all(done);
      const deceived = type === 'ANSWER' ? alice : bob;
      await until(() => expect(deceived.violations.length).toBeGreaterThan(0));
      expect(reasonsOf(deceived)).toContain('forged');
      expectNoLinks(alice, bob);
    },
  );

  it('an answer of another agent is passed off as that of the one who was called', async () => {
    const done: Promise<void>[] = [];
    meddle('ANSWER', (signal) => {
      done.push(resign(signal, mallory.seat.signer).then((forged) => signals.deliver(forged)));
      return [];
    });
    const error = await failure(alice.connector.connect(bob.did));
    expect(error.code).toBe('SIGNATURE_INVALID');
    await until(() => expect(reasonsOf(alice)).toContain('forged'));
    expect(new Set(alice.violations.map(({ did }) => did))).toEqual(new Set([bob.did]));
    expectNoLinks(alice, bob, mallory);
  });

  it('a call is led to another agent, or said to come from another', async () => {
    meddle('OFFER', (signal) => [
      { ...signal, to: mallory.did },
      { ...signal, from: mallory.seat.identity },
      { ...signal, from: undefined },
    ]);
    await failure(alice.connector.connect(bob.did));
    expect(mallory.violations).toMatchObject([{ reason: 'wrong-recipient', did: alice.did }]);
    expect(bob.violations.map(({ reason, did }) => ({ reason, did }))).toEqual([
      { reason: 'forged', did: mallory.did },
      { reason: 'forged', did: undefined },
    ]);
    expectNoLinks(alice, bob, mallory);
  });

  it('a statement that was signed for another purpose is passed off as a signal', async () => {
    const done: Promise<void>[] = [];
    meddle('OFFER', (signal) => {
      const { signer } = alice.seat;
      const other = signEnvelope(payloadOf(signal), { signer, type: 'message', expiresInSeconds: 60 });
      done.push(other.then((value) => signals.deliver({ ...signal, envelope: encodeEnvelope(value) })));
      return [];
    });
    await failure(alice.connector.connect(bob.did));
    expect(reasonsOf(bob)).toEqual(['forged']);
    expectNoLinks(alice, bob);
  });

  it('what goes directly between peers is not taken from a gateway, and no signal that never expires', async () => {
    const { signer } = alice.seat;
    const base = { version: 1 as const, to: bob.did, connectionId: 'c'.repeat(22), sequence: 1 };
    const intent: PeerSignal = {
      ...base,
      message: { type: 'INTENT', id: 'i', intent: { kind: 'request', request: { query: 'hello' } } },
    };
    const offer: PeerSignal = {
      ...base,
      message: { type: 'OFFER', id: 'o', sdp: 'v=0', linkId: base.connectionId, isRestart: false },
    };
    const envelopes = await Promise.all([
      signEnvelope(intent, { signer, type: PEER_SIGNAL, expiresInSeconds: 60 }),
      signEnvelope(offer, { signer, type: PEER_SIGNAL }),
      signEnvelope(offer, { signer, type: PEER_SIGNAL, expiresInSeconds: 3600 }),
      signEnvelope({ ...offer, version: 2 }, { signer, type: PEER_SIGNAL, expiresInSeconds: 60 }),
    ]);
    const from = alice.seat.identity;
    for (const value of envelopes) signals.deliver({ from, to: bob.did, envelope: encodeEnvelope(value) });
    signals.deliver({ from, to: bob.did, envelope: 'no envelope' });
    signals.deliver({ from, to: bob.did, envelope: `${' '.repeat(70_000)}{}` });
    await until(() => expect(bob.violations).toHaveLength(6));
    expect(reasonsOf(bob)).toEqual(Array.from({ length: 6 }, () => 'malformed'));
    expectNoLinks(bob);
    expect(signals.carried).toEqual([]);
  });
});

describe('a gateway cannot say again, late, or in another order what agents said', () => {
  beforeEach(() => openAll(20_000));

  it('old signals are not taken while their connection lives', async () => {
    await alice.connector.connect(bob.did);
    await until(() => expect(bob.linked[0]?.link.state).toBe('connected'));
    const linked = alice.linked[0];
    const old = [...signals.carried];
    // Once is what a sender does whose session was lost before the answer; it says nothing new.
    for (const signal of old) signals.deliver(signal);
    for (const signal of old) signals.deliver(signal);
    await until(() => expect(alice.violations.length + bob.violations.length).toBe(old.length));
    expect(new Set([...reasonsOf(alice), ...reasonsOf(bob)])).toEqual(new Set(['replayed']));
    expect(alice.linked).toEqual([linked]);
    expect(bob.linked).toHaveLength(1);
    expect(linked?.link.state).toBe('connected');
  });

  it('signals of one connection are no use in the next', async () => {
    const first = await alice.connector.connect(bob.did);
    first.link.close();
    await until(() => expect(bob.linked[0]?.link.state).toBe('closed'));
    const old = signals.carried.splice(0);
    meddle('OFFER', (signal) => [...old.filter(({ to }) => to === signal.to), signal]);
    signals.interfere = ((pass) => (signal: Carried) => {
      const again = typeOf(signal) === 'ANSWER' ? old.filter(({ to }) => to === signal.to) : [];
      return [...again, ...pass(signal)];
    })(signals.interfere);
    const second = await alice.connector.connect(bob.did);
    await until(() => expect(alice.violations.length + bob.violations.length).toBe(old.length));
    expect(new Set([...reasonsOf(alice), ...reasonsOf(bob)])).toEqual(new Set(['replayed']));
    expect(second.link.state).toBe('connected');
    expect(bob.linked).toHaveLength(2);
  });

  it('an offer that waited for a new process of its recipient leads nowhere', async () => {
    await alice.connector.connect(bob.did);
    const [offer] = signals.carried.filter((signal) => typeOf(signal) === 'OFFER');
    bob.seat.vanish();
    rtc.cut();
    await alice.connector[Symbol.asyncDispose]();
    alice = openSide(signals.sit({ signer: alice.seat.signer }), { rtc });
    const reborn = openSide(signals.sit({ signer: bob.seat.signer }), { rtc, connectTimeoutMs: SHORT_MS });
    await Promise.all([alice.connector.registered, reborn.connector.registered]);
    if (offer) signals.deliver(offer);
    await until(() =>
      expect(signals.carried.map(typeOf).filter((type) => type === 'ANSWER')).toHaveLength(2),
    );
    // The answer belongs to nothing that was called.
    await until(() => expect(signals.carried.map(typeOf).at(-1)).toBe('ERROR'));
    expectNoLinks(alice, reborn);
    await reborn.connector[Symbol.asyncDispose]();
  });

  it('signals overtake each other, or some are held back', async () => {
    const held: Carried[] = [];
    meddle('ANSWER', (signal) => {
      held.push(signal);
      return [];
    });
    signals.interfere = ((pass) => (signal: Carried) => {
      const isLate = signal.from?.did === bob.did && typeOf(signal) === 'ICE_CANDIDATE';
      return isLate ? [signal, ...held.splice(0)] : pass(signal);
    })(signals.interfere);
    await alice.connector.connect(bob.did).catch(() => undefined);
    expect(reasonsOf(alice)).toContain('out-of-order');
    expect(bob.violations).toEqual([]);
  });

  it('an answer comes only once it has expired', async () => {
    let now = Date.now();
    const late = openSide(signals.sit(), { rtc, connectTimeoutMs: SHORT_MS, now: () => now });
    await late.connector.registered;
    meddle('ANSWER', (signal) => {
      now += 61_000;
      return [signal];
    });
    const error = await failure(late.connector.connect(bob.did));
    expect(error.code).toBe('SIGNATURE_EXPIRED');
    expect(reasonsOf(late)[0]).toBe('expired');
    expectNoLinks(late, bob);
    await late.connector[Symbol.asyncDispose]();
  });

  it('a flood of new connections of one agent is not followed', async () => {
    const { signer, identity } = mallory.seat;
    const flood = await Promise.all(
      Array.from({ length: 70 }, async (_, index) => {
        const connectionId = `flood-${String(index).padStart(18, '0')}`;
        const message = {
          type: 'OFFER',
          id: 'o',
          sdp: 'v=0',
          linkId: connectionId,
          isRestart: false,
        } as const;
        const payload: PeerSignal = { version: 1, to: bob.did, connectionId, sequence: 1, message };
        return signEnvelope(payload, { signer, type: PEER_SIGNAL, expiresInSeconds: 60 });
      }),
    );
    for (const value of flood) {
      signals.deliver({ from: identity, to: bob.did, envelope: encodeEnvelope(value) });
    }
    await until(() => expect(bob.violations).toHaveLength(6));
    expect(new Set(reasonsOf(bob))).toEqual(new Set(['excessive']));
    // Others are not hurt.
    await alice.connector.connect(bob.did);
  });

  it('nobody else can end the connector in the name of the gateway', async () => {
    const problem = { code: 'CONFLICT', detail: 'Go away.' };
    const payload: PeerSignal = { version: 1, to: alice.did, message: { type: 'ERROR', id: 'e', problem } };
    for (const signer of [mallory.seat.signer, createSigner()]) {
      const value = await signEnvelope(payload, { signer, type: PEER_SIGNAL, expiresInSeconds: 60 });
      alice.seat.receive({ from: undefined, envelope: encodeEnvelope(value) });
      alice.seat.receive({ from: mallory.seat.identity, envelope: encodeEnvelope(value) });
    }
    await until(() => expect(alice.violations).toHaveLength(4));
    expect(reasonsOf(alice)).toEqual(['forged', 'malformed', 'forged', 'forged']);
    expect(alice.connector.signal.aborted).toBe(false);
  });
});
