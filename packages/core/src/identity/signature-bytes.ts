import type { Bytes } from './bytes.ts';

// 64 bytes are 85 free characters and one with four zero bits; the match makes the lenient `atob` strict.
const BASE64_OF_64_BYTES = /^[A-Za-z0-9+/]{85}[AQgw]==$/;
const BASE64URL_OF_64_BYTES = /^[A-Za-z0-9_-]{85}[AQgw]$/;

/** A signature as RFC 9421 writes it, padded base64; undefined unless it is 64 bytes in the one right spelling. */
export function signatureFromBase64(text: string): Bytes | undefined {
  return BASE64_OF_64_BYTES.test(text) ? decode(text) : undefined;
}

/** A signature as an envelope carries it, base64url; undefined unless it is 64 bytes in the one right spelling. */
export function signatureFromBase64Url(text: string): Bytes | undefined {
  if (!BASE64URL_OF_64_BYTES.test(text)) return undefined;
  return decode(text.replaceAll('-', '+').replaceAll('_', '/'));
}

function decode(base64: string): Bytes {
  const characters = atob(base64);
  const bytes = new Uint8Array(characters.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = characters.charCodeAt(index);
  return bytes;
}
