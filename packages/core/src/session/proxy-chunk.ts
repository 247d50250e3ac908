import { BonafideError } from '../errors.ts';
import type { Bytes } from '../identity/bytes.ts';
import { fromBase64, toBase64 } from './binary-text.ts';

/** Largest chunk, before base64. */
export const CHUNK_BYTES = 65_536;

/** The body of a `chunk` frame. */
export function encodeChunk(bytes: Uint8Array): string {
  return `"${toBase64(bytes)}"`;
}

/** VALIDATION_FAILED for what is no body of a `chunk` frame. */
export function decodeChunk(body: string): Bytes {
  const bytes = fromBase64(body.slice(1, -1));
  if (bytes) return bytes;
  throw new BonafideError('VALIDATION_FAILED', 'A chunk is not base64.');
}
