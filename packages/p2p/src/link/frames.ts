import { broken } from './problems.ts';

export const LINK_VERSION = 1;

/** First byte of a packet. Those from `message` on are numbered: kept until acknowledged, and sent again. */
export const frameTypes = {
  hello: 1,
  ack: 2,
  close: 3,
  datagram: 4,
  message: 16,
  messagePart: 17,
  open: 32,
  data: 33,
  credit: 34,
  end: 35,
  abort: 36,
} as const;

const FIRST_NUMBERED = frameTypes.message;
const FIRST_OF_STREAM = frameTypes.open;
const ACK_HEADER_BYTES = 5;
/** Type, what this side received, and the number of the frame. */
export const NUMBERED_HEADER_BYTES = 9;
/** The same, and the stream. */
export const STREAM_HEADER_BYTES = 13;
const INSTANCE_BYTES = 8;
const HELLO_HEADER_BYTES = 10 + INSTANCE_BYTES;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** First packet of each path, from both sides. */
export interface Hello {
  /** Of the caller: how many paths it had; the highest that speaks is used. */
  readonly rank: number;
  /** Random, the same as long as this end of the link lives. */
  readonly instance: string;
  /** Low 32 bits of how many frames this side received. */
  readonly received: number;
  readonly linkId: string;
}

export function encodeHello(hello: Hello): Uint8Array {
  const linkId = encoder.encode(hello.linkId);
  const packet = new Uint8Array(HELLO_HEADER_BYTES + linkId.length);
  packet[0] = frameTypes.hello;
  packet[1] = LINK_VERSION;
  writeUint32(packet, 2, hello.rank);
  writeUint32(packet, 6, hello.received);
  encoder.encodeInto(hello.instance, packet.subarray(10, HELLO_HEADER_BYTES));
  packet.set(linkId, HELLO_HEADER_BYTES);
  return packet;
}

export function decodeHello(packet: Uint8Array): Hello {
  if (packet.length < HELLO_HEADER_BYTES) throw broken('a greeting is too short');
  return {
    rank: readUint32(packet, 2),
    received: readUint32(packet, 6),
    instance: decodeText(packet.subarray(10, HELLO_HEADER_BYTES)),
    linkId: decodeText(packet.subarray(HELLO_HEADER_BYTES)),
  };
}

/** Eight characters. */
export function randomInstance(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(INSTANCE_BYTES));
  return Array.from(bytes, (byte) => (byte & 31).toString(32)).join('');
}

export function encodeAck(received: number): Uint8Array {
  const packet = new Uint8Array(ACK_HEADER_BYTES);
  packet[0] = frameTypes.ack;
  writeUint32(packet, 1, received);
  return packet;
}

export function encodeClose(problem: Uint8Array): Uint8Array {
  const packet = new Uint8Array(1 + problem.length);
  packet[0] = frameTypes.close;
  packet.set(problem, 1);
  return packet;
}

export function encodeDatagram(label: Uint8Array, bytes: Uint8Array): Uint8Array {
  const packet = new Uint8Array(2 + label.length + bytes.length);
  packet[0] = frameTypes.datagram;
  packet[1] = label.length;
  packet.set(label, 2);
  packet.set(bytes, 2 + label.length);
  return packet;
}

export function decodeDatagram(packet: Uint8Array): { label: string; bytes: Uint8Array } {
  const end = 2 + (packet[1] ?? 0);
  if (packet[0] !== frameTypes.datagram || packet.length < end) throw broken('a datagram has no label');
  return { label: decodeText(packet.subarray(2, end)), bytes: packet.subarray(end) };
}

/** A numbered frame; its number is written when it is sent first. */
export function encodeNumbered(type: number, body: Uint8Array): Uint8Array {
  const packet = new Uint8Array(NUMBERED_HEADER_BYTES + body.length);
  packet[0] = type;
  packet.set(body, NUMBERED_HEADER_BYTES);
  return packet;
}

/** Makes this packet a frame of a stream; its body begins at `STREAM_HEADER_BYTES`. */
export function writeStreamHeader(
  packet: Uint8Array,
  { type, streamId }: { readonly type: number; readonly streamId: number },
): void {
  packet[0] = type;
  writeUint32(packet, NUMBERED_HEADER_BYTES, streamId);
}

const EMPTY = new Uint8Array(0);

export function encodeStreamFrame(type: number, streamId: number, body: Uint8Array = EMPTY): Uint8Array {
  const packet = new Uint8Array(STREAM_HEADER_BYTES + body.length);
  writeStreamHeader(packet, { type, streamId });
  packet.set(body, STREAM_HEADER_BYTES);
  return packet;
}

export function encodeCredit(streamId: number, bytes: number): Uint8Array {
  const body = new Uint8Array(4);
  writeUint32(body, 0, bytes);
  return encodeStreamFrame(frameTypes.credit, streamId, body);
}

export function decodeCredit(body: Uint8Array): number {
  if (body.length !== 4) throw broken('a credit is no number');
  return readUint32(body, 0);
}

export function isNumbered(type: number): boolean {
  return type >= FIRST_NUMBERED;
}

export function isOfStream(type: number): boolean {
  return type >= FIRST_OF_STREAM;
}

/** What the sender received so far; of an `ack` or a numbered frame. */
export function readAck(packet: Uint8Array): number {
  if (packet.length < ACK_HEADER_BYTES) throw broken('a frame is too short');
  return readUint32(packet, 1);
}

/** The number of a frame. */
export function readNumber(packet: Uint8Array): number {
  if (packet.length < NUMBERED_HEADER_BYTES) throw broken('a frame is too short');
  return readUint32(packet, 5);
}

export function readStreamId(packet: Uint8Array): number {
  if (packet.length < STREAM_HEADER_BYTES) throw broken('a frame is too short');
  return readUint32(packet, NUMBERED_HEADER_BYTES);
}

export function writeAck(packet: Uint8Array, received: number): void {
  writeUint32(packet, 1, received);
}

export function writeNumber(packet: Uint8Array, number: number): void {
  writeUint32(packet, 5, number);
}

/** The count near `known` whose low 32 bits these are: counts differ by much less than 2^31. */
export function nearest(known: number, low: number): number {
  return known + ((low - known) | 0);
}

export function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw broken('a text is no UTF-8');
  }
}

export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0)) >>>
    0
  );
}

export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
