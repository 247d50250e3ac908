import { BonafideError } from '@bonafide/core/errors';
import { fromBase64Url, toBase64Url } from '@bonafide/core/identity';
import nacl from 'tweetnacl';

const CONTEXT = 'bonafide:relay:v1';
const KEY_BYTES = nacl.box.publicKeyLength;
/** Tells the paths between two peers apart; long enough never to meet by chance. */
export const TAG_BYTES = 8;

/** The X25519 key of one attempt to connect: never written down, never used for another. */
export interface RelayKey {
  /** base64url, as it travels inside the signed offer or answer. */
  readonly publicKey: string;
  readonly secretKey: Uint8Array;
}

/** What seals one relayed path: a key for each direction, so that nothing can be sent back to who sealed it. */
export interface RelayKeys {
  readonly isCaller: boolean;
  readonly sealing: Uint8Array;
  readonly opening: Uint8Array;
  /** TAG_BYTES that name the path, the same at both ends. */
  readonly tag: Uint8Array;
}

export interface RelayAgreement {
  readonly own: RelayKey;
  /** base64url, from the peer's signed offer or answer. */
  readonly theirs: string;
  readonly connectionId: string;
  /** Whether the offer came from here. */
  readonly isCaller: boolean;
}

export function createRelayKey(): RelayKey {
  const { publicKey, secretKey } = nacl.box.keyPair();
  return { publicKey: toBase64Url(publicKey), secretKey };
}

/**
 * Both ends get the same keys, bound to the connection and to who called; VALIDATION_FAILED for a key of small order,
 * with which anybody would get them.
 */
export function agreeRelayKeys({ own, theirs, connectionId, isCaller }: RelayAgreement): RelayKeys {
  const shared = sharedSecret(own.secretKey, theirs);
  const roles = isCaller ? [own.publicKey, theirs] : [theirs, own.publicKey];
  // Text of fixed alphabets around separators, so that no two agreements have the same bytes.
  const derive = (purpose: string): Uint8Array => hash(shared, [CONTEXT, purpose, connectionId, ...roles]);
  const fromCaller = derive('from-caller');
  const fromCallee = derive('from-callee');
  const [sealing, opening] = isCaller ? [fromCaller, fromCallee] : [fromCallee, fromCaller];
  shared.fill(0);
  return { isCaller, sealing, opening, tag: derive('tag').slice(0, TAG_BYTES) };
}

function sharedSecret(secretKey: Uint8Array, theirs: string): Uint8Array {
  const publicKey = fromBase64Url(theirs);
  if (publicKey.length !== KEY_BYTES) throw weakKey();
  const shared = nacl.scalarMult(secretKey, publicKey);
  if (nacl.verify(shared, new Uint8Array(KEY_BYTES))) throw weakKey();
  return shared;
}

function hash(secret: Uint8Array, labels: readonly string[]): Uint8Array {
  const text = new TextEncoder().encode(labels.join('\n'));
  const bytes = new Uint8Array(secret.length + text.length);
  bytes.set(secret);
  bytes.set(text, secret.length);
  return nacl.hash(bytes).slice(0, nacl.secretbox.keyLength);
}

function weakKey(): BonafideError {
  return new BonafideError('VALIDATION_FAILED', "The peer's relay key is no usable X25519 key.", {
    details: { reason: 'weak-key' },
  });
}
