import { base58 } from '@scure/base';
import { BonafideError } from '../errors.ts';
import { isWeakPublicKey, PUBLIC_KEY_BYTES } from './points.ts';

const PREFIX = 'did:key:z';
// Multicodec `ed25519-pub`. With this prefix every 32-byte key encodes to exactly 47 characters of base58btc.
const CODEC = [0xed, 0x01] as const;
const DID_LENGTH = 56;

/** The did:key name of a raw 32-byte Ed25519 public key; refuses wrong lengths and weak keys. */
export function toDid(publicKey: Uint8Array): string {
  assertStrong(publicKey);
  return PREFIX + base58.encode(Uint8Array.of(...CODEC, ...publicKey));
}

/** The raw 32-byte public key of a did:key name; refuses every other method, codec, encoding and weak keys. */
export function fromDid(did: string): Uint8Array {
  // The length first: decoding base58 takes time quadratic in it.
  if (did.length !== DID_LENGTH || !did.startsWith(PREFIX)) throw malformed();
  const bytes = decode(did.slice(PREFIX.length));
  if (bytes.length !== PUBLIC_KEY_BYTES + 2 || bytes[0] !== CODEC[0] || bytes[1] !== CODEC[1])
    throw malformed();
  const publicKey = bytes.slice(2);
  assertStrong(publicKey);
  return publicKey;
}

/** Whether the text is a did:key name that `fromDid` accepts. */
export function isDid(text: string): boolean {
  try {
    fromDid(text);
    return true;
  } catch {
    return false;
  }
}

function decode(text: string): Uint8Array {
  try {
    return base58.decode(text);
  } catch (cause) {
    throw malformed(cause);
  }
}

function assertStrong(publicKey: Uint8Array): void {
  if (publicKey.length !== PUBLIC_KEY_BYTES) {
    throw refuse('wrong-length', `An Ed25519 public key has 32 bytes, this one has ${publicKey.length}.`);
  }
  if (isWeakPublicKey(publicKey)) {
    throw refuse('weak-key', 'This Ed25519 public key is weak: anybody can sign for it. Make a new key.');
  }
}

function malformed(cause?: unknown): BonafideError {
  return refuse(
    'malformed',
    'Not a did:key of an Ed25519 key; one looks like did:key:z6Mk… and has 56 characters.',
    cause,
  );
}

function refuse(reason: string, message: string, cause?: unknown): BonafideError {
  return new BonafideError('VALIDATION_FAILED', message, { details: { reason }, cause });
}
