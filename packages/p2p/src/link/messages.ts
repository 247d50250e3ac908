import { BonafideError } from '@bonafide/core/errors';
import { type PeerMessage, peerMessage } from '@bonafide/core/models';
import { decodeText, encodeNumbered, encodeText, frameTypes, NUMBERED_HEADER_BYTES } from './frames.ts';
import { MAX_MESSAGE_BYTES, MAX_MESSAGE_PART_BYTES } from './limits.ts';
import { broken } from './problems.ts';

/** Cuts a message into frames; throws PAYLOAD_TOO_LARGE. */
export function cutMessage(message: PeerMessage): Uint8Array[] {
  const bytes = encodeText(JSON.stringify(message));
  if (bytes.length > MAX_MESSAGE_BYTES) {
    throw new BonafideError('PAYLOAD_TOO_LARGE', `A message has at most ${MAX_MESSAGE_BYTES} bytes.`, {
      details: { bytes: bytes.length },
    });
  }
  const frames: Uint8Array[] = [];
  let start = 0;
  for (; bytes.length - start > MAX_MESSAGE_PART_BYTES; start += MAX_MESSAGE_PART_BYTES) {
    const part = bytes.subarray(start, start + MAX_MESSAGE_PART_BYTES);
    frames.push(encodeNumbered(frameTypes.messagePart, part));
  }
  frames.push(encodeNumbered(frameTypes.message, bytes.subarray(start)));
  return frames;
}

/** Joins the frames of messages, and believes none that is no PeerMessage. */
export class MessageJoiner {
  #parts: Uint8Array[] = [];

  /** The message that this frame is the last of. */
  take(packet: Uint8Array): PeerMessage | undefined {
    const body = packet.subarray(NUMBERED_HEADER_BYTES);
    if (packet[0] === frameTypes.message) return this.#finish(body);
    // Full ones only: many tiny parts would cost far more than their bytes.
    if (body.length !== MAX_MESSAGE_PART_BYTES) throw broken('a part of a message is not full');
    this.#assertFits(body);
    this.#parts.push(body);
    return undefined;
  }

  #finish(last: Uint8Array): PeerMessage {
    if (this.#parts.length === 0) return parseMessage(last);
    this.#assertFits(last);
    const bytes = new Uint8Array(this.#parts.length * MAX_MESSAGE_PART_BYTES + last.length);
    this.#parts.push(last);
    for (const [index, part] of this.#parts.entries()) bytes.set(part, index * MAX_MESSAGE_PART_BYTES);
    this.#parts = [];
    return parseMessage(bytes);
  }

  #assertFits(next: Uint8Array): void {
    if (this.#parts.length * MAX_MESSAGE_PART_BYTES + next.length <= MAX_MESSAGE_BYTES) return;
    throw new BonafideError(
      'PAYLOAD_TOO_LARGE',
      `The peer sent a message of over ${MAX_MESSAGE_BYTES} bytes.`,
    );
  }
}

function parseMessage(bytes: Uint8Array): PeerMessage {
  const text = decodeText(bytes);
  try {
    const parsed = peerMessage.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
  } catch {
    // No JSON, or nested deeper than a parser can follow. The error would quote the peer.
  }
  throw broken('a message is no peer message');
}
