import { isCanonicalScalar, isWeakPublicKey, PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from '../points.ts';

/** What an Ed25519 verification is about: raw 32-byte key, raw 64-byte signature. */
export interface Verification {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** A private key as raw bytes; the seed is the RFC 8032 private key. */
export interface SecretKey {
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
}

export type SignBytes = (message: Uint8Array) => Promise<Uint8Array>;

export type SignBytesSync = (message: Uint8Array) => Uint8Array;

/** One Ed25519 implementation. All accept and refuse exactly the same inputs; they differ in speed. */
export interface CryptoBackend {
  readonly name: string;
  /** Imports the key once and returns the function that signs with it. */
  prepareSign(key: SecretKey): SignBytes;
  /** The same on the calling thread; absent where the runtime has only an asynchronous one. */
  prepareSignSync?(key: SecretKey): SignBytesSync;
  /** Off the calling thread where the runtime can: the right choice when several checks are waiting. */
  verify(verification: Verification): Promise<boolean>;
  /** On the calling thread, least work per check; absent where the runtime has only an asynchronous one. */
  verifySync?(verification: Verification): boolean;
}

/**
 * Gives a bare implementation the acceptance rule all share: RFC 8032 section 5.1.7 without the cofactor, S below L, and
 * neither key nor R of small order or with y >= p. Bare libraries differ exactly there (tweetnacl takes S + L).
 */
export function withStrictRules(bare: CryptoBackend): CryptoBackend {
  const { verifySync, prepareSign, prepareSignSync } = bare;
  const strict: CryptoBackend = {
    name: bare.name,
    prepareSign,
    ...(prepareSignSync ? { prepareSignSync } : {}),
    verify: async (verification) => isWellFormed(verification) && bare.verify(verification),
  };
  if (!verifySync) return strict;
  return { ...strict, verifySync: (verification) => isWellFormed(verification) && verifySync(verification) };
}

function isWellFormed({ publicKey, signature }: Verification): boolean {
  return (
    publicKey.length === PUBLIC_KEY_BYTES &&
    signature.length === SIGNATURE_BYTES &&
    isCanonicalScalar(signature.subarray(32)) &&
    !isWeakPublicKey(publicKey) &&
    !isWeakPublicKey(signature.subarray(0, 32))
  );
}
