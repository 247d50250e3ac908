import { expect, test } from 'vitest';
import { BonafideError } from '../errors.ts';
import { createNodeBackend } from './backends/node.ts';
import { createKeyPair, keyPairFromSeed, parsePrivateKey, signerFromSeed } from './keys.ts';

// RFC 8032 section 7.1, test 1.
const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const publicKey = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex');
const did = 'did:key:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw';
const secret = Buffer.concat([seed, publicKey]);

test('a seed gives the published public key and name', () => {
  expect(keyPairFromSeed(seed)).toEqual({
    did,
    publicKey: Uint8Array.from(publicKey),
    seed: Uint8Array.from(seed),
  });
});

test('a key pair keeps its own copy of the seed', () => {
  const mine = Uint8Array.from(seed);
  const pair = keyPairFromSeed(mine);
  mine.fill(0);
  expect([...pair.seed]).toEqual([...seed]);
});

test('a signer signs under its own name', async () => {
  const pair = createKeyPair();
  const signer = signerFromSeed(pair.seed);
  const message = Buffer.from('hello');
  const signature = await signer.sign(message);
  expect(signer.did).toBe(pair.did);
  await expect(createNodeBackend()?.verify({ publicKey: pair.publicKey, message, signature })).resolves.toBe(
    true,
  );
});

test('key pairs differ', () => {
  expect(createKeyPair().did).not.toBe(createKeyPair().did);
});

test.each([
  ['seed, base64url', seed.toString('base64url')],
  ['seed, padded base64', seed.toString('base64')],
  ['seed, hexadecimal', seed.toString('hex')],
  ['seed, upper-case hexadecimal with white space', ` ${seed.toString('hex').toUpperCase()}\n`],
  ['secret key, base64url', secret.toString('base64url')],
  ['secret key, padded base64', secret.toString('base64')],
  ['secret key, hexadecimal', secret.toString('hex')],
])('reads a private key: %s', (_, text) => {
  expect(parsePrivateKey(text).did).toBe(did);
});

test.each([
  ['empty', ''],
  ['31 bytes', seed.subarray(1).toString('hex')],
  ['33 bytes', `${seed.toString('hex')}00`],
  ['96 bytes', Buffer.concat([seed, secret]).toString('base64url')],
  ['not hexadecimal', `${seed.toString('hex').slice(0, -1)}g`],
  ['stray bits', `${seed.toString('base64url').slice(0, -1)}B`],
  ['foreign character', `${seed.toString('base64url').slice(0, -1)}*`],
  ['public half of another key', Buffer.concat([seed, createKeyPair().publicKey]).toString('hex')],
  ['PEM', '-----BEGIN PRIVATE KEY-----'],
])('refuses what is no private key, without repeating it: %s', (_, text) => {
  const error = refusalOf(() => parsePrivateKey(text));
  expect(error).toMatchObject({ code: 'VALIDATION_FAILED', details: { reason: 'malformed' } });
  expect(error?.cause).toBeUndefined();
  if (text) expect(error?.message).not.toContain(text);
});

test.each([0, 31, 33, 64])('refuses a seed of %i bytes', (length) => {
  expect(() => signerFromSeed(new Uint8Array(length))).toThrow(BonafideError);
});

function refusalOf(run: () => unknown): BonafideError | undefined {
  try {
    run();
  } catch (error) {
    if (BonafideError.is(error)) return error;
    throw error;
  }
  return undefined;
}
