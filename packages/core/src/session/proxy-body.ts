import { BonafideError } from '../errors.ts';
import { CHUNK_BYTES, decodeChunk, encodeChunk } from './proxy-chunk.ts';

/** Bytes that may be under way before their reader took any; the gateway breaks an exchange that has more. */
export const WINDOW_BYTES = 262_144;
const REPORT_BYTES = WINDOW_BYTES / 4;

export interface Sink {
  /** The body of a `chunk` frame. */
  chunk(body: string): void;
  finish(): void;
}

/** Sends a stream as fast as its reader takes it, and reads no more of it than that. */
export class BodySender {
  #credit = WINDOW_BYTES;
  #wake: (() => void) | undefined;
  #isStopped = false;

  grant(count: number): void {
    this.#credit += count;
    this.#wake?.();
  }

  stop(): void {
    this.#isStopped = true;
    this.#wake?.();
  }

  /** Resolves when all is sent, or after it was stopped; rejects when the stream fails. */
  async send(stream: ReadableStream<Uint8Array>, sink: Sink): Promise<void> {
    const reader = stream.getReader();
    try {
      while (await this.#hasCredit()) {
        const { done, value } = await this.#read(reader);
        if (this.#isStopped) break;
        if (done) {
          sink.finish();
          break;
        }
        await this.#sendBytes(toBytes(value), sink);
      }
    } finally {
      // Where it was stopped its source may stop, too.
      if (this.#isStopped) void reader.cancel().catch(() => undefined);
      reader.releaseLock();
    }
  }

  /** A source that gives nothing must not hold up the end. */
  #read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<ReadableStreamReadResult<Uint8Array>> {
    const { promise, resolve, reject } = Promise.withResolvers<ReadableStreamReadResult<Uint8Array>>();
    this.#wake = () => {
      if (this.#isStopped) resolve({ done: true, value: undefined });
    };
    reader.read().then(resolve, reject);
    return promise;
  }

  async #sendBytes(bytes: Uint8Array, sink: Sink): Promise<void> {
    for (let at = 0; at < bytes.length && (await this.#hasCredit()); ) {
      const part = bytes.subarray(at, at + Math.min(CHUNK_BYTES, this.#credit));
      this.#credit -= part.length;
      at += part.length;
      sink.chunk(encodeChunk(part));
    }
  }

  /** Waits for some; false when it was stopped. */
  async #hasCredit(): Promise<boolean> {
    while (this.#credit <= 0 && !this.#isStopped) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    return !this.#isStopped;
  }
}

/** A body as it comes in. What its reader does not take is held here, which credit bounds. */
export class BodyReceiver {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #onTaken: (bytes: number) => void;
  readonly #waiting: Uint8Array<ArrayBuffer>[] = [];
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
  #isWanted = false;
  #isOver = false;
  #taken = 0;

  constructor({
    onTaken,
    onCancel,
  }: {
    /** So many more bytes may be sent. */
    readonly onTaken: (bytes: number) => void;
    /** Its reader wants no more. */
    readonly onCancel: () => void;
  }) {
    this.#onTaken = onTaken;
    this.stream = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#pull(),
        cancel: () => {
          this.#isOver = true;
          this.#waiting.length = 0;
          onCancel();
        },
      },
      { highWaterMark: 0 },
    );
  }

  push(body: string): void {
    if (this.#isOver) return;
    this.#waiting.push(decodeChunk(body));
    if (this.#isWanted) this.#pull();
  }

  end(): void {
    this.#isOver = true;
    if (this.#waiting.length === 0) this.#close();
  }

  fail(error: unknown): void {
    if (this.#isOver && this.#waiting.length === 0) return;
    this.#isOver = true;
    this.#waiting.length = 0;
    this.#controller?.error(error);
    this.#controller = undefined;
  }

  #pull(): void {
    const bytes = this.#waiting.shift();
    this.#isWanted = bytes === undefined;
    if (!bytes) return;
    this.#controller?.enqueue(bytes);
    this.#taken += bytes.length;
    if (this.#isOver) {
      if (this.#waiting.length === 0) this.#close();
    } else if (this.#taken >= REPORT_BYTES) {
      this.#onTaken(this.#taken);
      this.#taken = 0;
    }
  }

  #close(): void {
    this.#controller?.close();
    this.#controller = undefined;
  }
}

function toBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new BonafideError('VALIDATION_FAILED', 'The stream of a body gives Uint8Array alone.');
}
