/** Keeps the `limit` most recently used values. */
export class BoundedCache<Value> {
  readonly #limit: number;
  readonly #entries = new Map<string, Value>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The cached value, else the one `create` makes; what `create` throws is not cached. */
  getOrCreate(key: string, create: (key: string) => Value): Value {
    const found = this.#entries.get(key);
    if (found !== undefined) this.#entries.delete(key);
    const value = found ?? create(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#limit) this.#evictOldest();
    return value;
  }

  #evictOldest(): void {
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}
