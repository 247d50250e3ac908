import nacl from 'tweetnacl';
import { BonafideError } from '../errors.ts';
import type { SecretKey, SignBytes } from './backends/backend.ts';
import { selectBackend } from './backends/select.ts';
import { bytesEqual, fromBase64Url, fromHex, randomBytes } from './bytes.ts';
import { toDid } from './did.ts';
import { findNodeCrypto, importSeed } from './node-crypto.ts';
import { SEED_BYTES } from './points.ts';

/** Whoever can sign as `did`: a key in memory, or a KMS or HSM that never shows it. Returns raw 64-byte signatures. */
export interface Signer {
  readonly did: string;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
  /** Opens what was sealed for `did`; absent where the key only signs. */
  open?(sealed: Uint8Array): Promise<Uint8Array>;
}

/** An Ed25519 key pair as raw bytes. The seed is the secret: it must not be logged or sent. */
export interface KeyPair extends SecretKey {
  readonly did: string;
}

/** A new key pair from the platform's random generator. */
export function createKeyPair(): KeyPair {
  return keyPairFromSeed(randomBytes(SEED_BYTES));
}

/** The key pair of a 32-byte RFC 8032 private key. */
export function keyPairFromSeed(seed: Uint8Array): KeyPair {
  if (seed.length !== SEED_BYTES) throw notAKey(`An Ed25519 seed has 32 bytes, this one has ${seed.length}.`);
  const publicKey = derivePublicKey(seed);
  return { did: toDid(publicKey), publicKey, seed: Uint8Array.from(seed) };
}

/** A signer that keeps the key in memory; the fastest backend is chosen at the first signature. */
export function signerFromSeed(seed: Uint8Array): Signer {
  const key = keyPairFromSeed(seed);
  let prepared: Promise<SignBytes> | undefined;
  return {
    did: key.did,
    async sign(bytes) {
      prepared ??= selectBackend().then((backend) => backend.prepareSign(key));
      const sign = await prepared;
      return sign(bytes);
    },
    async open(sealed) {
      const seals = await import('./seal.ts');
      return seals.open(sealed, key);
    },
  };
}

/** Reads a 32-byte seed or 64-byte secret key (seed then public key) written as base64url, base64 or hexadecimal. */
export function parsePrivateKey(text: string): KeyPair {
  const bytes = decodePrivateKey(text.trim());
  if (bytes.length === SEED_BYTES) return keyPairFromSeed(bytes);
  const key = keyPairFromSeed(bytes.subarray(0, SEED_BYTES));
  if (!bytesEqual(key.publicKey, bytes.subarray(SEED_BYTES))) {
    throw notAKey('The second half of this secret key is not the public key of the first half.');
  }
  return key;
}

// Lengths tell the encodings apart: 32 and 64 bytes are 64 and 128 digits, or 43 and 86 characters of base64.
function decodePrivateKey(text: string): Uint8Array {
  if (/^(?:[0-9a-f]{64}|[0-9a-f]{128})$/i.test(text)) return fromHex(text.toLowerCase());
  const unpadded = text
    .replace(/={1,2}$/, '')
    .replaceAll('+', '-')
    .replaceAll('/', '_');
  if (unpadded.length === 43 || unpadded.length === 86) return fromBase64Url(unpadded);
  throw notAKey('Not a private key: expected 32 or 64 bytes as base64url or hexadecimal.');
}

function derivePublicKey(seed: Uint8Array): Uint8Array {
  const node = findNodeCrypto();
  if (!node) return nacl.sign.keyPair.fromSeed(seed).publicKey;
  const spki = node.createPublicKey(importSeed(node, seed)).export({ format: 'der', type: 'spki' });
  return Uint8Array.from(spki.subarray(-32));
}

function notAKey(message: string): BonafideError {
  return new BonafideError('VALIDATION_FAILED', message, { details: { reason: 'malformed' } });
}
