/** Remembers the values of the last keys, so many as there is room for. */
export class Recent<Value> {
  readonly #room: number;
  readonly #values = new Map<string, Value>();

  constructor(room: number) {
    this.#room = room;
  }

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  forget(key: string): void {
    this.#values.delete(key);
  }

  set(key: string, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size <= this.#room) return;
    const [oldest] = this.#values.keys();
    if (oldest !== undefined) this.#values.delete(oldest);
  }
}
