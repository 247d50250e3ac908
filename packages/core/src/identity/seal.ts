import nacl from 'tweetnacl';
import { BonafideError } from '../errors.ts';
import { bytesEqual, concatBytes, toUtf8 } from './bytes.ts';
import { fromDid, toDid } from './did.ts';
import type { KeyPair } from './keys.ts';

const VERSION = 1;
const CONTEXT = toUtf8('bonafide:seal:v1');
const KEY_BYTES = nacl.box.publicKeyLength;
const HEADER_BYTES = 1 + KEY_BYTES;

/**
 * Encrypts bytes so that only the owner of `recipient` (a DID or raw public key) can read them. The sender stays
 * anonymous: sign an envelope inside when the sender matters. Layout: 0x01, ephemeral X25519 key, NaCl box.
 */
export async function seal(bytes: Uint8Array, recipient: string | Uint8Array): Promise<Uint8Array> {
  const publicKey = typeof recipient === 'string' ? fromDid(recipient) : fromDid(toDid(recipient));
  const theirs = await toX25519PublicKey(publicKey);
  const ephemeral = nacl.box.keyPair();
  const box = nacl.box(bytes, nonceFor(ephemeral.publicKey, theirs), theirs, ephemeral.secretKey);
  ephemeral.secretKey.fill(0);
  return concatBytes(Uint8Array.of(VERSION), ephemeral.publicKey, box);
}

/** Decrypts what was sealed for this key; throws when it was sealed for another, or changed on the way. */
export async function open(sealed: Uint8Array, keyPair: KeyPair): Promise<Uint8Array> {
  if (sealed[0] !== VERSION || sealed.length < HEADER_BYTES + nacl.box.overheadLength) throw unreadable();
  const theirs = sealed.slice(1, HEADER_BYTES);
  const mine = await toX25519KeyPair(keyPair);
  // A sender's key of small order makes the same secret with everybody, so the box would open for any recipient.
  if (bytesEqual(nacl.scalarMult(mine.secretKey, theirs), new Uint8Array(KEY_BYTES))) throw unreadable();
  const opened = nacl.box.open(
    sealed.slice(HEADER_BYTES),
    nonceFor(theirs, mine.publicKey),
    theirs,
    mine.secretKey,
  );
  if (!opened) throw unreadable();
  return opened;
}

// The ephemeral key is used once, so a nonce derived from both keys never repeats under one key.
function nonceFor(ephemeral: Uint8Array, recipient: Uint8Array): Uint8Array {
  return nacl.hash(concatBytes(CONTEXT, ephemeral, recipient)).slice(0, nacl.box.nonceLength);
}

// One key serves signatures and encryption, so a DID alone is enough to write to a stranger; joint security is shown in
// eprint 2021/509. The curve library is loaded by the few who seal, not by everybody who imports this package.
async function toX25519PublicKey(publicKey: Uint8Array): Promise<Uint8Array> {
  const { edwardsToMontgomeryPub } = await import('@noble/curves/ed25519');
  try {
    return edwardsToMontgomeryPub(publicKey);
  } catch (cause) {
    throw new BonafideError('VALIDATION_FAILED', 'The recipient key is no point of the curve.', {
      details: { reason: 'weak-key' },
      cause,
    });
  }
}

async function toX25519KeyPair({ seed }: KeyPair): Promise<nacl.BoxKeyPair> {
  const { edwardsToMontgomeryPriv } = await import('@noble/curves/ed25519');
  return nacl.box.keyPair.fromSecretKey(edwardsToMontgomeryPriv(seed));
}

function unreadable(): BonafideError {
  return new BonafideError(
    'VALIDATION_FAILED',
    'This cannot be opened: it was sealed for another key, or changed.',
    {
      details: { reason: 'unreadable' },
    },
  );
}
