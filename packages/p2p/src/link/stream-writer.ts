import { BonafideError } from '@bonafide/core/errors';
import { encodeStreamFrame, frameTypes, STREAM_HEADER_BYTES, writeStreamHeader } from './frames.ts';
import { MAX_STREAM_PART_BYTES } from './limits.ts';
import { STREAM_WINDOW_BYTES } from './link.ts';
import type { Frame } from './outbox.ts';
import type { PacketPool } from './packet-pool.ts';
import { broken } from './problems.ts';
import { Queue } from './queue.ts';

/** A window is used up to this. */
const SMALL_BYTES = 4_096;

const EMPTY = new Uint8Array(0);

interface Pending {
  bytes: Uint8Array;
  offset: number;
  settle?: (error?: BonafideError) => void;
}

interface WriterOptions {
  readonly streamId: number;
  readonly pool: PacketPool;
  /** Something can be sent now. */
  readonly onReady: () => void;
  /** `release` is due once everything that is due now has run. */
  readonly onHeld: () => void;
}

/**
 * What is written and not yet cut into frames. The first write of a turn goes at once, so that a single one is as fast as
 * can be; those that follow, and what a large one leaves over a full packet, are gathered until there is a packet of them
 * or the turn is over.
 */
export class StreamWriter {
  readonly #options: WriterOptions;
  readonly #pending = new Queue<Pending>();
  #pendingBytes = 0;
  #credit = STREAM_WINDOW_BYTES;
  #isHeld = false;
  /** Something was sent in this turn. */
  #hasSent = false;
  /** What is held, if anything is: then nothing else is pending. */
  #gathered: Pending = { bytes: EMPTY, offset: 0 };
  #buffer: Uint8Array | undefined;
  #ending: PromiseWithResolvers<void> | undefined;
  #isEndSent = false;
  #error: BonafideError | undefined;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** Its end was sent: nothing comes any more. */
  get isEnded(): boolean {
    return this.#isEndSent;
  }

  get isReady(): boolean {
    if (this.#error || this.#isEndSent || this.#isHeld) return false;
    if (this.#pendingBytes === 0) return this.#ending !== undefined;
    return this.#credit >= Math.min(this.#pendingBytes, SMALL_BYTES);
  }

  /** Resolves once the bytes are copied: they are the caller's again. */
  write(bytes: Uint8Array): Promise<void> {
    if (this.#error) return Promise.reject(this.#error);
    if (this.#ending) return Promise.reject(alreadyEnded());
    if (bytes.length === 0) return Promise.resolve();
    if (this.#hold(bytes)) return Promise.resolve();
    const pending: Pending = { bytes, offset: 0 };
    this.#pending.push(pending);
    this.#pendingBytes += bytes.length;
    this.#isHeld = false;
    if (this.isReady) this.#options.onReady();
    if (pending.offset === bytes.length) return Promise.resolve();
    if (this.#error) return Promise.reject(this.#error);
    return new Promise((resolve, reject) => {
      pending.settle = (error) => (error ? reject(error) : resolve());
    });
  }

  end(): Promise<void> {
    if (this.#error) return Promise.reject(this.#error);
    if (this.#ending) return this.#ending.promise;
    this.#ending = Promise.withResolvers();
    this.#isHeld = false;
    if (this.isReady) this.#options.onReady();
    return this.#ending.promise;
  }

  /** The next frame; undefined when there is none, or no window for it. */
  take(): Frame | undefined {
    if (!this.isReady) return undefined;
    if (this.#pendingBytes === 0) return this.#takeEnd();
    const size = Math.min(this.#pendingBytes, MAX_STREAM_PART_BYTES, this.#credit);
    const packet = this.#options.pool.take(STREAM_HEADER_BYTES + size);
    writeStreamHeader(packet, { type: frameTypes.data, streamId: this.#options.streamId });
    this.#fill(packet);
    this.#credit -= size;
    if (!this.#ending) this.#afterSent(size);
    return { packet };
  }

  grant(bytes: number): void {
    this.#credit += bytes;
    if (bytes === 0 || this.#credit > STREAM_WINDOW_BYTES) throw broken('a window is larger than agreed');
    if (this.isReady) this.#options.onReady();
  }

  /** What was held back goes now. */
  release(): void {
    this.#isHeld = false;
    this.#hasSent = false;
    if (this.isReady) this.#options.onReady();
  }

  fail(error: BonafideError): void {
    if (this.#error) return;
    this.#error = error;
    for (let next = this.#pending.shift(); next; next = this.#pending.shift()) next.settle?.(error);
    this.#pendingBytes = 0;
    this.#ending?.reject(error);
  }

  #takeEnd(): Frame {
    this.#isEndSent = true;
    const settle = (error: BonafideError | undefined): void => {
      if (error) this.#ending?.reject(error);
      else this.#ending?.resolve();
    };
    return { packet: encodeStreamFrame(frameTypes.end, this.#options.streamId), settle };
  }

  #fill(packet: Uint8Array): void {
    let at = STREAM_HEADER_BYTES;
    for (let next = this.#pending.at(0); next && at < packet.length; next = this.#pending.at(0)) {
      const end = Math.min(next.bytes.length, next.offset + packet.length - at);
      const isWhole = next.offset === 0 && end === next.bytes.length;
      packet.set(isWhole ? next.bytes : next.bytes.subarray(next.offset, end), at);
      at += end - next.offset;
      this.#pendingBytes -= end - next.offset;
      next.offset = end;
      if (end < next.bytes.length) return;
      this.#pending.shift();
      next.settle?.();
    }
  }

  /** True: it waits for what else comes in this turn. */
  #hold(bytes: Uint8Array): boolean {
    const total = this.#pendingBytes + bytes.length;
    if (!this.#hasSent || total >= MAX_STREAM_PART_BYTES || total > this.#credit) return false;
    if (this.#pendingBytes > 0 && !this.#isHeld) return false;
    this.#gather(bytes);
    this.#pendingBytes = total;
    return true;
  }

  #afterSent(size: number): void {
    if (!this.#hasSent) this.#options.onHeld();
    this.#hasSent = true;
    // A window that is not yet free for a full packet takes what there is.
    if (size < MAX_STREAM_PART_BYTES || this.#pendingBytes >= SMALL_BYTES) return;
    const rests: Pending[] = [];
    for (let next = this.#pending.shift(); next; next = this.#pending.shift()) rests.push(next);
    for (const rest of rests) {
      this.#gather(rest.bytes.subarray(rest.offset));
      rest.offset = rest.bytes.length;
      rest.settle?.();
    }
  }

  #gather(bytes: Uint8Array): void {
    this.#buffer ??= new Uint8Array(MAX_STREAM_PART_BYTES);
    if (!this.#isHeld) {
      this.#isHeld = true;
      this.#gathered = { bytes: EMPTY, offset: 0 };
      this.#pending.push(this.#gathered);
    }
    const { length } = this.#gathered.bytes;
    this.#buffer.set(bytes, length);
    this.#gathered.bytes = this.#buffer.subarray(0, length + bytes.length);
  }
}

function alreadyEnded(): BonafideError {
  return new BonafideError('CONFLICT', 'This stream was ended: nothing can be written to it any more.');
}
