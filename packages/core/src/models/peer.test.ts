import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../../vectors/peer-messages.json' with { type: 'json' };
import { fromHex, fromUtf8 } from '../identity/bytes.ts';
import { canonicalize } from '../identity/canonical.ts';
import { encodeEnvelope, signEnvelope, verifyEnvelope } from '../identity/envelope.ts';
import { envelopeSigningBytes } from '../identity/envelope-format.ts';
import { signerFromSeed } from '../identity/keys.ts';
import { type PeerMessage, type PeerMessageType, peerMessage, peerSignal, signalRoutes } from './peer.ts';
import { MAX_SIGNAL_BYTES, PEER_SIGNAL } from './peer-limits.ts';

const TYPES: readonly PeerMessageType[] = [
  ...(['REGISTER', 'UNREGISTER', 'OFFER', 'ANSWER', 'ICE_CANDIDATE', 'INTENT'] as const),
  ...(['EXEC_REQUEST', 'EXEC_RESPONSE', 'ERROR', 'PING', 'PONG'] as const),
];

describe('vectors', () => {
  const { messages, signals, envelopes } = vectors;
  const readAs = (each: { message: unknown } & object): unknown =>
    'read' in each ? each.read : each.message;

  it('hold every type', () => {
    expect(new Set(messages.valid.map(({ message }) => message.type))).toEqual(new Set(TYPES));
    const routed = new Set(envelopes.map(({ payload }) => payload.message.type));
    expect(routed).toEqual(new Set(Object.values(signalRoutes).flat()));
  });

  it.each(messages.valid.map((each) => [each.name, each]))('reads: %s', (_, each) => {
    expect(peerMessage.parse(each.message)).toEqual(readAs(each));
    expect(peerMessage.parse(readAs(each))).toEqual(readAs(each));
  });

  it.each(messages.invalid.map((each) => [each.name, each.message]))('refuses: %s', (_, message) => {
    expect(peerMessage.safeParse(message).success).toBe(false);
  });

  it.each(signals.valid.map((each) => [each.name, each.payload]))('reads a signal %s', (_, payload) => {
    expect(peerSignal.parse(payload)).toEqual(payload);
  });

  it.each(signals.invalid.map((each) => [each.name, each.payload]))('refuses a signal: %s', (_, payload) => {
    expect(peerSignal.safeParse(payload).success).toBe(false);
  });

  it.each(envelopes.map((each) => [each.name, each]))('signs and verifies %s', async (_, each) => {
    const signer = signerFromSeed(fromHex(vectors.seed));
    expect(signer.did).toBe(vectors.did);
    const { payload, id, iat, exp, text } = each;
    const times = { nowMs: iat * 1000, expiresInSeconds: exp - iat };
    const envelope = await signEnvelope(payload, { signer, type: vectors.type, id, ...times });
    expect(encodeEnvelope(envelope)).toBe(text);
    expect(fromUtf8(envelopeSigningBytes(envelope))).toBe(each.signingInput);
    const verified = await verifyEnvelope(text, { type: PEER_SIGNAL, nowMs: iat * 1000 });
    expect(peerSignal.parse(verified.payload)).toMatchObject(payload);
  });
});

describe('messages', () => {
  it('come out as they went in, whatever they say', () => {
    fc.assert(
      fc.property(message, (given) => {
        expect(peerMessage.parse(JSON.parse(canonicalize(given)))).toEqual(given);
      }),
    );
  });

  it('refuse members that their type does not have', () => {
    fc.assert(
      fc.property(message, (given) => {
        expect(peerMessage.safeParse({ ...given, extra: 1 }).success).toBe(false);
      }),
    );
  });

  it.each([1, 60, 65, 10_000])('are refused instead of overflowing the stack: %i levels', (levels) => {
    const args = JSON.parse(`{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`);
    const request = { action: 'start', capability: 'x', args, timeoutMs: 1 };
    const { success } = peerMessage.safeParse({ type: 'EXEC_REQUEST', id: 'e', request });
    expect(success).toBe(levels <= 60);
  });

  it('fit into a signal at their largest', async () => {
    const offer = { type: 'OFFER', id: 'i'.repeat(64), correlationId: 'i'.repeat(64), isRestart: true };
    const largest = { sdp: 'v'.repeat(32_768), relayKey: 'k'.repeat(43), linkId: 'l'.repeat(64) };
    const payload = peerSignal.parse({
      ...{ version: 1, to: vectors.did, connectionId: 'c'.repeat(64), sequence: Number.MAX_SAFE_INTEGER },
      message: { ...offer, ...largest },
    });
    const signer = signerFromSeed(fromHex(vectors.seed));
    const envelope = await signEnvelope(payload, { signer, type: PEER_SIGNAL, expiresInSeconds: 60 });
    expect(Buffer.byteLength(encodeEnvelope(envelope))).toBeLessThan(MAX_SIGNAL_BYTES);
  });
});

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
/** As it is after a journey; `__proto__` is no member for whoever reads JSON carefully. */
const json = fc
  .jsonValue({ maxDepth: 3 })
  .filter((value) => !JSON.stringify(value).includes('__proto__'))
  .map((value): unknown => JSON.parse(JSON.stringify(value)));
const jsonObject = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), json, {
  maxKeys: 3,
  noNullPrototype: true,
});
const id = fc.stringMatching(/^[!-~]{1,64}$/);
const token = fc.stringMatching(/^[A-Za-z0-9_-]{16,64}$/);
const capability = fc.stringMatching(/^[a-z0-9][a-z0-9:._-]{0,62}$/);
const time = fc.integer({ min: 0, max: 4_102_444_800 }).map((at) => new Date(at * 1000).toISOString());
const sequence = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const durationMs = fc.double({ min: 0, max: 1e9, noNaN: true }).map((value) => value || 0);

type Shape = Readonly<Record<string, fc.Arbitrary<unknown>>>;
/** A record of what is needed and what may be absent. */
const record = (needed: Shape, optional: Shape = {}): fc.Arbitrary<object> =>
  fc.record({ ...needed, ...optional }, { requiredKeys: Object.keys(needed), noNullPrototype: true });
const is = (value: string): fc.Arbitrary<unknown> => fc.constant(value);
const of = (type: PeerMessageType, needed: Shape = {}, optional: Shape = {}): fc.Arbitrary<object> =>
  record({ type: is(type), id, ...needed }, { correlationId: id, ...optional });

const problem = record({ code: fc.string({ maxLength: 64 }), detail: text });
const description = { sdp: fc.string({ minLength: 1, maxLength: 200 }) };
const relayKey = { relayKey: fc.stringMatching(/^[A-Za-z0-9_-]{43}$/) };
const quote = record({ amountUsdc: fc.stringMatching(/^(0|[1-9]\d{0,8})(\.\d{1,6})?$/), expiresAt: time });
const intent = fc.oneof(
  record({
    kind: is('request'),
    request: fc.oneof(
      record({ query: text.filter((query) => query !== '') }, { context: jsonObject }),
      record({ task: capability }, { params: jsonObject }),
    ),
  }),
  record({
    kind: is('reply'),
    reply: record(
      { status: fc.constantFrom('accepted', 'needs-input', 'declined') },
      { capability, message: text, requiredInput: jsonObject, quote, expiresAt: time },
    ),
  }),
);
const request = fc.oneof(
  record(
    { action: is('start'), capability, args: jsonObject, timeoutMs: fc.integer({ min: 1, max: 86_400_000 }) },
    { intentId: id },
  ),
  record({ action: is('cancel') }, { reason: text }),
);
const fraction = fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value || 0);
const response = fc.oneof(
  record({ status: is('accepted') }),
  record({ status: is('progress'), progress: record({}, { fraction, step: text, message: text }) }),
  record({ status: is('chunk'), sequence, chunk: json }),
  record({ status: is('success'), result: json, durationMs }),
  record({ status: is('error'), problem }),
);
const nullable = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.option(arbitrary);

/** Every message that can be said; the far side of the schemas. */
const message = fc.oneof(
  of('REGISTER', { allowsRelay: fc.boolean() }),
  of('UNREGISTER', {}, { reason: text }),
  of('OFFER', { ...description, linkId: token, isRestart: fc.boolean() }, relayKey),
  of('ANSWER', description, relayKey),
  of(
    'ICE_CANDIDATE',
    { candidate: nullable(text) },
    {
      sdpMid: nullable(text),
      sdpMLineIndex: nullable(fc.integer({ min: 0, max: 65_535 })),
      usernameFragment: nullable(text),
    },
  ),
  of('INTENT', { intent }),
  of('EXEC_REQUEST', { request }),
  of('EXEC_RESPONSE', { response }),
  of('ERROR', { problem }),
  of('PING', { sequence }),
  of('PONG', { sequence }),
) as fc.Arbitrary<PeerMessage>;
