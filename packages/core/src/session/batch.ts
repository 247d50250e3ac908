// A gateway bounds what one message may hold, in bytes; a character of UTF-16 has at most three of UTF-8.
const LONGEST_BATCH = 64 * 1024;

/** Runs after everything that is due in this turn of the event loop, or of the microtasks where there is no such queue. */
export const nextTurn: (run: () => void) => void =
  typeof globalThis.setImmediate === 'function' ? (run) => void setImmediate(run) : queueMicrotask;

/** Joins what is added in one turn of the event loop. */
export class Batch {
  readonly #write: (lines: string) => void;
  #lines = '';
  #isScheduled = false;

  constructor(write: (lines: string) => void) {
    this.#write = write;
  }

  add(lines: string): void {
    if (this.#lines.length + lines.length > LONGEST_BATCH) this.flush();
    this.#lines += lines;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    nextTurn(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }

  flush(): void {
    if (this.#lines === '') return;
    const lines = this.#lines;
    this.#lines = '';
    this.#write(lines);
  }
}
