import type { BonafideError } from '@bonafide/core/errors';
import { encodeCredit, encodeStreamFrame, frameTypes } from './frames.ts';
import { type LinkStream, STREAM_WINDOW_BYTES } from './link.ts';
import type { Frame } from './outbox.ts';
import type { PacketPool } from './packet-pool.ts';
import { broken, encodeProblem, nobodyReads } from './problems.ts';
import { StreamReader } from './stream-reader.ts';
import { StreamWriter } from './stream-writer.ts';

/** Told in large steps, so that credits cost nothing. */
const GRANT_BYTES = STREAM_WINDOW_BYTES / 2;

export interface StreamHost {
  onReady(stream: Stream): void;
  onHeld(stream: Stream): void;
  /** Sent before what streams have. */
  control(packet: Uint8Array): void;
  /** So many bytes more, or fewer, wait for a reader. */
  onUnread(change: number): void;
  /** Both directions are over. */
  onOver(stream: Stream): void;
}

interface StreamOptions {
  readonly streamId: number;
  readonly label: string;
  readonly host: StreamHost;
  readonly pool: PacketPool;
}

/** One stream at one end. */
export class Stream implements LinkStream {
  readonly streamId: number;
  readonly label: string;
  readonly #host: StreamHost;
  readonly #writer: StreamWriter;
  readonly #reader: StreamReader;
  #unread = 0;
  /** Read, and the other side does not know. */
  #untold = 0;
  #isOver = false;

  constructor(options: StreamOptions) {
    this.streamId = options.streamId;
    this.label = options.label;
    this.#host = options.host;
    this.#writer = new StreamWriter({
      streamId: options.streamId,
      pool: options.pool,
      onReady: () => this.#host.onReady(this),
      onHeld: () => this.#host.onHeld(this),
    });
    this.#reader = new StreamReader({
      onTaken: (bytes) => this.#taken(bytes),
      onLeave: () => this.abort(nobodyReads()),
    });
  }

  get readable(): AsyncIterable<Uint8Array> {
    return this.#reader;
  }

  /** It failed before everything came. */
  get isLost(): boolean {
    return this.#isOver && !this.#reader.isEnded;
  }

  get isReady(): boolean {
    return this.#writer.isReady;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#writer.write(bytes);
  }

  end(): Promise<void> {
    return this.#writer.end();
  }

  abort(error: BonafideError): void {
    if (!this.#isOver) {
      this.#host.control(encodeStreamFrame(frameTypes.abort, this.streamId, encodeProblem(error)));
    }
    this.#finish(error);
    this.#reader.fail(error);
  }

  take(): Frame | undefined {
    const frame = this.#writer.take();
    if (this.#writer.isEnded) this.#closeWhenDone();
    return frame;
  }

  release(): void {
    this.#writer.release();
  }

  grant(bytes: number): void {
    this.#writer.grant(bytes);
  }

  receive(bytes: Uint8Array): void {
    if (this.#reader.isEnded) throw broken('a stream goes on after its end');
    if (bytes.length === 0) throw broken('a stream carries nothing');
    this.#unread += bytes.length;
    if (this.#unread + this.#untold > STREAM_WINDOW_BYTES) throw broken('a stream overran its window');
    this.#host.onUnread(bytes.length);
    this.#reader.push(bytes);
  }

  receiveEnd(): void {
    if (this.#reader.isEnded) throw broken('a stream ended twice');
    this.#reader.end();
    this.#closeWhenDone();
  }

  /** The other side gave up, or the link is over. What came completely can still be read. */
  fail(error: BonafideError): void {
    if (!this.#reader.isEnded) this.#reader.fail(error);
    this.#finish(error);
  }

  #taken(bytes: number): void {
    this.#unread -= bytes;
    this.#untold += bytes;
    this.#host.onUnread(-bytes);
    if (this.#untold < GRANT_BYTES || this.#reader.isEnded || this.#isOver) return;
    this.#host.control(encodeCredit(this.streamId, this.#untold));
    this.#untold = 0;
  }

  #closeWhenDone(): void {
    if (this.#isOver || !this.#writer.isEnded || !this.#reader.isEnded) return;
    this.#isOver = true;
    this.#host.onOver(this);
  }

  #finish(error: BonafideError): void {
    this.#writer.fail(error);
    if (this.#isOver) return;
    this.#isOver = true;
    this.#host.onOver(this);
  }
}
