import { type Bytes, concatBytes, fromHex } from './bytes.ts';

// RFC 8410: fixed headers, then the raw key.
const PRIVATE_KEY_HEADER = fromHex('302e020100300506032b657004220420');
const PUBLIC_KEY_HEADER = fromHex('302a300506032b6570032100');

/** A raw seed as PKCS #8, the form of private key every platform imports. */
export function toPkcs8(seed: Uint8Array): Bytes {
  return concatBytes(PRIVATE_KEY_HEADER, seed);
}

/** A raw public key as SubjectPublicKeyInfo. */
export function toSpki(publicKey: Uint8Array): Bytes {
  return concatBytes(PUBLIC_KEY_HEADER, publicKey);
}
