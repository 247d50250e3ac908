/**
 * Keeps the values used most recently: at least half of `limit`, never more than it. Two generations instead of a
 * linked list, so that a hit is one lookup and moves nothing.
 */
export class BoundedCache<Value> {
  readonly #half: number;
  #recent = new Map<string, Value>();
  #older = new Map<string, Value>();

  constructor(limit: number) {
    this.#half = Math.ceil(limit / 2);
  }

  /** The cached value, else the one `create` makes; what `create` throws is not cached. */
  getOrCreate(key: string, create: (key: string) => Value): Value {
    const recent = this.#recent.get(key);
    if (recent !== undefined) return recent;
    const value = this.#older.get(key) ?? create(key);
    if (this.#recent.size >= this.#half) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(key, value);
    return value;
  }
}
