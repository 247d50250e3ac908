import { base32nopad, hex } from '@scure/base';
import { ValidationError } from '../errors.ts';
import { cid as cidSchema } from './artifact.ts';
import { hash32 } from './common.ts';

// CIDv1, raw codec, sha2-256 multihash of 32 bytes; multibase 'b' is lower-case base32 without padding.
const PREFIX = Uint8Array.of(0x01, 0x55, 0x12, 0x20);

/** The CID of content with this sha-256 digest (0x and 64 hex digits). */
export function toCid(digest: string): string {
  if (!hash32.safeParse(digest).success) throw invalid('must be a 32-byte hex value');
  const bytes = Uint8Array.of(...PREFIX, ...hex.decode(digest.slice(2).toLowerCase()));
  return `b${base32nopad.encode(bytes).toLowerCase()}`;
}

/** The sha-256 digest inside a CID of raw content; throws ValidationError on any other CID. */
export function fromCid(cid: string): string {
  if (!cidSchema.safeParse(cid).success) throw invalid('must be a CIDv1 of raw content');
  const bytes = base32nopad.decode(cid.slice(1).toUpperCase());
  if (PREFIX.some((byte, index) => bytes[index] !== byte)) throw invalid('must be a CIDv1 of raw content');
  return `0x${hex.encode(bytes.subarray(PREFIX.length))}`;
}

const invalid = (message: string): ValidationError =>
  new ValidationError(`The content id ${message}.`, { issues: [{ path: 'cid', message }] });
