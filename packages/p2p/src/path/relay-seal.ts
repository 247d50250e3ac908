import { BonafideError } from '@bonafide/core/errors';
import nacl from 'tweetnacl';
import { type RelayKeys, TAG_BYTES } from './relay-keys.ts';

const COUNTER_BYTES = 8;
const HEADER_BYTES = TAG_BYTES + COUNTER_BYTES;
const KIND_BYTES = 1;
/** What sealing adds to a packet. */
export const SEAL_OVERHEAD_BYTES = HEADER_BYTES + nacl.secretbox.overheadLength + KIND_BYTES;

/** First sealed byte; only the peer can tell a packet from a datagram. */
const kinds = ['hello', 'packet', 'datagram', 'close'] as const;
export type RelayedKind = (typeof kinds)[number];

export interface RelayedPacket {
  readonly kind: RelayedKind;
  readonly bytes: Uint8Array;
  /** How many that were sealed before it have not come. */
  readonly missing: number;
}

/** Seals one direction and opens the other: tag, 64-bit counter, secretbox of the kind and the bytes. */
export interface Seal {
  seal(kind: RelayedKind, bytes?: Uint8Array): Uint8Array;
  /** Throws SIGNATURE_INVALID for what nobody with the key sealed, REPLAYED for what is not newer than the last. */
  open(sealed: Uint8Array): RelayedPacket;
}

/** Name of the path that a packet belongs to; undefined for what is no packet. */
export function readTag(sealed: Uint8Array): string | undefined {
  return sealed.length < SEAL_OVERHEAD_BYTES ? undefined : tagName(sealed.subarray(0, TAG_BYTES));
}

export function tagName(tag: Uint8Array): string {
  return Array.from(tag, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function createSeal({ tag, sealing, opening }: RelayKeys): Seal {
  let sealed = 0;
  let opened = 0;
  return {
    seal(kind, bytes = new Uint8Array()) {
      sealed += 1;
      const counter = encodeCounter(sealed);
      const content = join(Uint8Array.of(kinds.indexOf(kind)), bytes);
      return join(tag, counter, nacl.secretbox(content, nonceOf(counter), sealing));
    },
    open(packet) {
      const counter = packet.subarray(TAG_BYTES, HEADER_BYTES);
      const number = decodeCounter(counter);
      if (number <= opened) throw replayed();
      const content = nacl.secretbox.open(packet.subarray(HEADER_BYTES), nonceOf(counter), opening);
      const kind = kinds[content?.[0] ?? -1];
      if (!content || !kind) throw forged();
      const missing = number - opened - 1;
      opened = number;
      return { kind, bytes: content.subarray(KIND_BYTES), missing };
    },
  };
}

// Each direction has its own key, and the key its own connection: the counter alone makes a nonce that never repeats.
function nonceOf(counter: Uint8Array): Uint8Array {
  return join(new Uint8Array(nacl.secretbox.nonceLength - COUNTER_BYTES), counter);
}

function encodeCounter(counter: number): Uint8Array {
  const bytes = new Uint8Array(COUNTER_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(counter));
  return bytes;
}

/** Exact up to 2^53, which nobody reaches; above it, it does not open. */
function decodeCounter({ buffer, byteOffset }: Uint8Array): number {
  return Number(new DataView(buffer, byteOffset).getBigUint64(0));
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

function forged(): BonafideError {
  return new BonafideError('SIGNATURE_INVALID', 'A relayed packet was not sealed by the peer, or changed.', {
    details: { reason: 'forged' },
  });
}

function replayed(): BonafideError {
  return new BonafideError('REPLAYED', 'A relayed packet came again, or after a later one.', {
    details: { reason: 'replayed' },
  });
}
