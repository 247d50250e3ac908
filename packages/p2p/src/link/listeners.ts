import { Queue } from './queue.ts';

interface ListenersOptions<Value> {
  readonly tell: (value: Value) => void;
  /** `tell` threw when nobody was above it. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Who is told of each value. What comes before anybody listens is kept for the first, and told after the turn in which
 * it began to listen, so that others can begin with it.
 */
export class Listeners<Value, Answer = void> implements Iterable<(value: Value) => Answer> {
  readonly #options: ListenersOptions<Value>;
  readonly #listeners = new Set<(value: Value) => Answer>();
  readonly #kept = new Queue<Value>();
  #isTelling = false;

  constructor(options: ListenersOptions<Value>) {
    this.#options = options;
  }

  add(listener: (value: Value) => Answer): () => void {
    // Wrapped, so that one function can be added twice.
    const own = (value: Value): Answer => listener(value);
    this.#listeners.add(own);
    if (this.#kept.length > 0 && !this.#isTelling) {
      this.#isTelling = true;
      queueMicrotask(() => this.#tellKept());
    }
    return () => void this.#listeners.delete(own);
  }

  /** False: it is kept. */
  push(value: Value): boolean {
    const isHeard = this.#listeners.size > 0 && this.#kept.length === 0;
    if (isHeard) this.#options.tell(value);
    else this.#kept.push(value);
    return isHeard;
  }

  /** What was kept is of no use any more. */
  clear(): void {
    this.#kept.clear();
  }

  [Symbol.iterator](): Iterator<(value: Value) => Answer> {
    return [...this.#listeners].values();
  }

  #tellKept(): void {
    this.#isTelling = false;
    try {
      for (let value = this.#kept.shift(); value !== undefined; value = this.#kept.shift()) {
        this.#options.tell(value);
      }
    } catch (error) {
      this.#options.onFailure(error);
    }
  }
}
