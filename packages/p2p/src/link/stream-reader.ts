import { BonafideError } from '@bonafide/core/errors';
import { Queue } from './queue.ts';

/** Smaller chunks that wait share a buffer, so that a window of tiny ones costs no more than its bytes. */
const SHARED_BUFFER_BYTES = 16_384;
const SMALL_BYTES = 4_096;

type Result = IteratorResult<Uint8Array, undefined>;
interface Waiting {
  resolve(result: Result): void;
  reject(error: BonafideError): void;
}

interface ReaderOptions {
  /** So many bytes were read or dropped. */
  readonly onTaken: (bytes: number) => void;
  /** The reader wants no more although more could come. */
  readonly onLeave: () => void;
}

const DONE: Result = { done: true, value: undefined };

/** What came and was not read yet. What came before the end can be read after it; after a failure nothing can. */
export class StreamReader implements AsyncIterable<Uint8Array> {
  readonly #options: ReaderOptions;
  readonly #chunks = new Queue<Uint8Array>();
  /** The last chunk grows into what is left of its buffer. */
  #tail: { buffer: Uint8Array; length: number } | undefined;
  #waiting: Waiting[] = [];
  #isEnded = false;
  #isTaken = false;
  #error: BonafideError | undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  push(bytes: Uint8Array): void {
    const waiting = this.#waiting.shift();
    if (waiting) {
      this.#options.onTaken(bytes.length);
      waiting.resolve({ done: false, value: bytes });
    } else if (bytes.length < SMALL_BYTES) this.#pushSmall(bytes);
    else {
      this.#closeTail();
      this.#chunks.push(bytes);
    }
  }

  end(): void {
    this.#isEnded = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve(DONE);
  }

  /** Nothing can be read any more, also what came already. */
  fail(error: BonafideError): void {
    this.#error ??= error;
    this.#drop();
    for (const { reject } of this.#waiting.splice(0)) reject(this.#error);
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    if (this.#isTaken)
      throw new BonafideError('CONFLICT', 'A stream has one reader, and this one has it already.');
    this.#isTaken = true;
    return { next: () => this.#next(), return: () => this.#leave() };
  }

  #next(): Promise<Result> {
    const bytes = this.#shift();
    if (bytes) {
      this.#options.onTaken(bytes.length);
      return Promise.resolve({ done: false, value: bytes });
    }
    if (this.#error) return Promise.reject(this.#error);
    if (this.#isEnded) return Promise.resolve(DONE);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #leave(): Promise<Result> {
    this.#drop();
    if (!this.#isEnded && !this.#error) this.#options.onLeave();
    return Promise.resolve(DONE);
  }

  #pushSmall(bytes: Uint8Array): void {
    if (this.#tail && this.#tail.length + bytes.length > this.#tail.buffer.length) this.#closeTail();
    this.#tail ??= { buffer: new Uint8Array(SHARED_BUFFER_BYTES), length: 0 };
    this.#tail.buffer.set(bytes, this.#tail.length);
    this.#tail.length += bytes.length;
  }

  #closeTail(): void {
    if (!this.#tail) return;
    const { buffer, length } = this.#tail;
    // A buffer that is mostly empty is given back.
    this.#chunks.push(length < SMALL_BYTES ? buffer.slice(0, length) : buffer.subarray(0, length));
    this.#tail = undefined;
  }

  #shift(): Uint8Array | undefined {
    if (this.#chunks.length === 0) this.#closeTail();
    return this.#chunks.shift();
  }

  #drop(): void {
    let dropped = 0;
    for (let bytes = this.#shift(); bytes; bytes = this.#shift()) dropped += bytes.length;
    if (dropped > 0) this.#options.onTaken(dropped);
  }
}
