type Result<Value> = IteratorResult<Value, undefined>;

/** Values for one reader; when they cost more than the limit, the oldest are dropped: they are worthless when late. */
export class Latest<Value> {
  readonly #limit: number;
  readonly #costOf: (value: Value) => number;
  #values: Value[] = [];
  #cost = 0;
  #waiting: ((result: Result<Value>) => void)[] = [];
  #isEnded = false;

  constructor(options: { readonly limit: number; readonly costOf: (value: Value) => number }) {
    this.#limit = options.limit;
    this.#costOf = options.costOf;
  }

  push(value: Value): void {
    if (this.#isEnded) return;
    const waiting = this.#waiting.shift();
    if (waiting) {
      waiting({ done: false, value });
      return;
    }
    this.#values.push(value);
    this.#cost += this.#costOf(value);
    while (this.#cost > this.#limit) this.#shift();
  }

  end(): void {
    this.#isEnded = true;
    for (const resolve of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
  }

  next(): Promise<Result<Value>> {
    const value = this.#shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.#isEnded) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #shift(): Value | undefined {
    const value = this.#values.shift();
    if (value !== undefined) this.#cost -= this.#costOf(value);
    return value;
  }
}
