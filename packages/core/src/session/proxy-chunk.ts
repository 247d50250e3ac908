import { BonafideError } from '../errors.ts';
import type { Bytes } from '../identity/bytes.ts';

/** Largest chunk, before base64. */
export const CHUNK_BYTES = 65_536;
/** Arguments of one call of a function. */
const AT_ONCE = 8192;

/** The body of a `chunk` frame. */
export function encodeChunk(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += AT_ONCE) {
    text += String.fromCharCode(...bytes.subarray(at, at + AT_ONCE));
  }
  return `"${btoa(text)}"`;
}

/** VALIDATION_FAILED for what is no body of a `chunk` frame. */
export function decodeChunk(body: string): Bytes {
  const text = read(body);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

function read(body: string): string {
  try {
    return atob(body.slice(1, -1));
  } catch {
    throw new BonafideError('VALIDATION_FAILED', 'A chunk is not base64.');
  }
}
