import { BonafideError } from '@bonafide/core/errors';
import { decodeText, encodeText, readUint32, writeUint32 } from './frames.ts';
import { Gathering } from './gathering.ts';
import { MAX_MESSAGE_BYTES } from './limits.ts';
import { broken } from './problems.ts';

/** Kind, and how many bytes follow. */
const HEADER_BYTES = 5;
/** What each path takes as one datagram, whatever its label. */
const MAX_UNORDERED_BYTES = 16_000;
const kinds = { text: 0, bytes: 1 } as const;

export type ChannelMessage = Uint8Array | string;

/** The message as datagram: its kind, and its bytes. Throws PAYLOAD_TOO_LARGE. */
export function encodeUnordered(message: ChannelMessage): Uint8Array {
  const body = toBytes(message);
  if (body.length > MAX_UNORDERED_BYTES) throw tooLarge(body.length, MAX_UNORDERED_BYTES);
  const packet = new Uint8Array(1 + body.length);
  packet[0] = kindOf(message);
  packet.set(body, 1);
  return packet;
}

export function decodeUnordered(packet: Uint8Array): ChannelMessage {
  return toMessage(packet[0], packet.subarray(1));
}

/** The message within a stream: with its length before it. Throws PAYLOAD_TOO_LARGE. */
export function encodeOrdered(message: ChannelMessage): Uint8Array {
  const body = toBytes(message);
  if (body.length > MAX_MESSAGE_BYTES) throw tooLarge(body.length);
  const bytes = new Uint8Array(HEADER_BYTES + body.length);
  bytes[0] = kindOf(message);
  writeUint32(bytes, 1, body.length);
  bytes.set(body, HEADER_BYTES);
  return bytes;
}

/** Messages of a stream; throws when they are none, or when the stream ends within one. */
export async function* readOrdered(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ChannelMessage, void> {
  let header = new Gathering(HEADER_BYTES);
  let body: Gathering | undefined;
  for await (const chunk of chunks) {
    for (let rest = chunk; rest.length > 0; ) {
      if (!body) {
        rest = header.add(rest);
        if (header.missing > 0) break;
        body = new Gathering(lengthOf(header.finish()));
      }
      rest = body.add(rest);
      if (body.missing > 0) break;
      const message = toMessage(header.finish()[0], body.finish());
      header = new Gathering(HEADER_BYTES);
      body = undefined;
      yield message;
    }
  }
  if (header.missing < HEADER_BYTES) throw broken('a channel ended within a message');
}

function lengthOf(header: Uint8Array): number {
  const length = readUint32(header, 1);
  if (length > MAX_MESSAGE_BYTES) throw tooLarge(length);
  return length;
}

function toBytes(message: ChannelMessage): Uint8Array {
  return typeof message === 'string' ? encodeText(message) : message;
}

function kindOf(message: ChannelMessage): number {
  return typeof message === 'string' ? kinds.text : kinds.bytes;
}

function toMessage(kind: number | undefined, bytes: Uint8Array): ChannelMessage {
  if (kind === kinds.text) return decodeText(bytes);
  if (kind === kinds.bytes) return bytes;
  throw broken('a message of a channel is of no known kind');
}

function tooLarge(bytes: number, limit = MAX_MESSAGE_BYTES): BonafideError {
  return new BonafideError('PAYLOAD_TOO_LARGE', `A message of this channel has at most ${limit} bytes.`, {
    details: { bytes },
  });
}
