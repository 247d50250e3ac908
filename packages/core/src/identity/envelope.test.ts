import { expect, test } from 'vitest';
import { BonafideError } from '../errors.ts';
import { createNodeBackend } from './backends/node.ts';
import { encodeEnvelope, signEnvelope, verifyEnvelope, verifyEnvelopeSync } from './envelope.ts';
import { createKeyPair, signerFromSeed } from './keys.ts';

const signer = signerFromSeed(createKeyPair().seed);
const payload = { text: 'hello', to: ['a', 'b'] };

test('verifies as text, as bytes, and as a value out of a larger document', async () => {
  const envelope = await signEnvelope(payload, { signer, type: 'message', expiresInSeconds: 60 });
  const text = encodeEnvelope(envelope);
  const { inner } = JSON.parse(`{ "inner": ${JSON.stringify(envelope, null, 2)} }`);
  for (const received of [text, new TextEncoder().encode(text), inner]) {
    await expect(verifyEnvelope(received, { type: 'message' })).resolves.toEqual(envelope);
  }
  const backend = createNodeBackend();
  if (!backend) throw new Error('Node has node:crypto.');
  expect(verifyEnvelopeSync(text, { type: 'message', backend })).toEqual(envelope);
});

test('without expiry it stays valid', async () => {
  const envelope = await signEnvelope(payload, { signer, type: 'attestation' });
  expect(envelope).not.toHaveProperty('exp');
  const later = { type: 'attestation', nowMs: Date.now() + 1e12 };
  await expect(verifyEnvelope(envelope, later)).resolves.toEqual(envelope);
});

test('a signature under one type does not serve another', async () => {
  const envelope = await signEnvelope(payload, { signer, type: 'message' });
  const forged = { ...envelope, type: 'job.terms' };
  const verdict = verifyEnvelope(forged, { type: 'job.terms' });
  await expect(verdict).rejects.toMatchObject({ details: { reason: 'bad-signature' } });
});

test('a signed request is no envelope: what is signed begins with its own domain', async () => {
  const seen: string[] = [];
  const spy = {
    did: signer.did,
    sign: async (bytes: Uint8Array) => {
      seen.push(new TextDecoder().decode(bytes));
      return signer.sign(bytes);
    },
  };
  await signEnvelope(payload, { signer: spy, type: 'message' });
  expect(seen[0]).toMatch(/^bonafide:envelope:v1\nmessage\n\{/);
});

test.each([undefined, null, 7, [], new Uint8Array([0xff]), new Uint8Array()])(
  'refuses %j',
  async (received) => {
    const error: unknown = await verifyEnvelope(received, { type: 'message' }).catch((thrown) => thrown);
    expect(BonafideError.is(error)).toBe(true);
  },
);

test('refuses to sign what it would refuse to verify', async () => {
  const options = { signer, type: 'message' };
  const attempts = [
    signEnvelope(undefined, options),
    signEnvelope({ amount: Number.NaN }, options),
    signEnvelope(1n, options),
    signEnvelope(payload, { ...options, type: 'two\nlines' }),
    signEnvelope(payload, { ...options, type: '' }),
    signEnvelope(payload, { ...options, id: '' }),
    signEnvelope(payload, { ...options, nowMs: -1000 }),
  ];
  for (const attempt of attempts) await expect(attempt).rejects.toBeInstanceOf(BonafideError);
});
