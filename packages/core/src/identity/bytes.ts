import { base64, base64urlnopad, hex } from '@scure/base';
import { BonafideError } from '../errors.ts';

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Unshared memory, as Web APIs ask for. */
export type Bytes = Uint8Array<ArrayBuffer>;

export function toUtf8(text: string): Bytes {
  return encoder.encode(text);
}

/** Refuses bytes that are not well-formed UTF-8 instead of replacing them. */
export function fromUtf8(bytes: Uint8Array): string {
  return attempt('UTF-8', () => strictDecoder.decode(bytes));
}

export function concatBytes(...parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

export function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** base64url without padding (RFC 4648 section 5). */
export function toBase64Url(bytes: Uint8Array): string {
  return base64urlnopad.encode(bytes);
}

/** Strict: no padding, no foreign character, no stray bits. */
export function fromBase64Url(text: string): Uint8Array {
  return attempt('base64url', () => base64urlnopad.decode(text));
}

export function toBase64(bytes: Uint8Array): string {
  return base64.encode(bytes);
}

/** Strict: padded, no foreign character, no stray bits. */
export function fromBase64(text: string): Uint8Array {
  return attempt('base64', () => base64.decode(text));
}

export function fromHex(text: string): Uint8Array {
  return attempt('hexadecimal', () => hex.decode(text));
}

function attempt<T>(encoding: string, decode: () => T): T {
  try {
    return decode();
  } catch {
    // The library's message may quote the input, which may be a private key; so it is not kept as the cause.
    throw new BonafideError('VALIDATION_FAILED', `Not valid ${encoding}.`, {
      details: { reason: 'malformed' },
    });
  }
}
