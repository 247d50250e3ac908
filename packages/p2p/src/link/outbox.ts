import type { BonafideError } from '@bonafide/core/errors';
import { HIGH_WATER_BYTES, type Path } from '../path/path.ts';
import { nearest, writeAck, writeNumber } from './frames.ts';
import { FRAME_COST_BYTES, WINDOW_BYTES } from './limits.ts';
import type { PacketPool } from './packet-pool.ts';
import { broken } from './problems.ts';
import { Queue } from './queue.ts';

export interface Frame {
  readonly packet: Uint8Array;
  /** Once: the other side has it, or the link ended before it was known. */
  readonly settle?: (error: BonafideError | undefined) => void;
}

/**
 * Frames on their way to the other side. Those that wait come first, then what the streams have; each gets the next
 * number when it is sent first and is kept until it is acknowledged.
 */
export class Outbox {
  readonly #fromStreams: () => Frame | undefined;
  readonly #pool: PacketPool;
  readonly #waiting = new Queue<Frame>();
  readonly #unacknowledged = new Queue<Frame>();
  #acknowledged = 0;
  /** How many of the unacknowledged went over the present path. */
  #carried = 0;
  #waitingBytes = 0;
  #windowBytes = 0;

  constructor(options: { readonly fromStreams: () => Frame | undefined; readonly pool: PacketPool }) {
    this.#fromStreams = options.fromStreams;
    this.#pool = options.pool;
  }

  /** Of frames that wait; what was sent and not acknowledged is bounded by the window. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Sent and not acknowledged. */
  get windowBytes(): number {
    return this.#windowBytes;
  }

  add(frame: Frame): void {
    this.#waitingBytes += costOf(frame);
    this.#waiting.push(frame);
  }

  /** Everything that is not acknowledged goes over a new path. */
  rewind(): void {
    this.#carried = 0;
  }

  /** Whether the other side can have so many (low 32 bits). */
  hasSent(low: number): boolean {
    return nearest(this.#acknowledged, low) <= this.#acknowledged + this.#unacknowledged.length;
  }

  /** Takes the low 32 bits of how many frames the other side has. An old count changes nothing. */
  acknowledge(low: number): void {
    if (!this.hasSent(low)) throw broken('what was never sent is acknowledged');
    const count = nearest(this.#acknowledged, low);
    for (; this.#acknowledged < count; this.#acknowledged++) {
      const frame = this.#unacknowledged.shift();
      if (!frame) return;
      this.#windowBytes -= costOf(frame);
      if (this.#carried > 0) this.#carried--;
      frame.settle?.(undefined);
      this.#pool.give(frame.packet);
    }
  }

  /** As much as the path and the window take. True: something was sent, and `received` with it. */
  pump(path: Path, received: number): boolean {
    let hasSent = false;
    while (path.isOpen && path.bufferedBytes <= HIGH_WATER_BYTES) {
      const frame = this.#next();
      if (!frame) break;
      writeAck(frame.packet, received);
      path.send(frame.packet);
      hasSent = true;
    }
    return hasSent;
  }

  fail(error: BonafideError): void {
    for (const frames of [this.#unacknowledged, this.#waiting]) {
      for (let frame = frames.shift(); frame; frame = frames.shift()) frame.settle?.(error);
    }
    this.#waitingBytes = 0;
    this.#windowBytes = 0;
  }

  #next(): Frame | undefined {
    const again = this.#unacknowledged.at(this.#carried);
    if (again) {
      this.#carried++;
      return again;
    }
    if (this.#windowBytes >= WINDOW_BYTES) return undefined;
    const frame = this.#takeWaiting() ?? this.#fromStreams();
    if (!frame) return undefined;
    this.#unacknowledged.push(frame);
    this.#carried++;
    this.#windowBytes += costOf(frame);
    writeNumber(frame.packet, this.#acknowledged + this.#unacknowledged.length);
    return frame;
  }

  #takeWaiting(): Frame | undefined {
    const frame = this.#waiting.shift();
    if (frame) this.#waitingBytes -= costOf(frame);
    return frame;
  }
}

/** Both sides count alike, so that acknowledgements come in time. */
export function costOf({ packet }: Pick<Frame, 'packet'>): number {
  return packet.length + FRAME_COST_BYTES;
}
