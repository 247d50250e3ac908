const FIRST_BYTES = 65_536;

/** Bytes that come in pieces to a known size; memory grows with what came, not with what was announced. */
export class Gathering {
  readonly #size: number;
  #buffer: Uint8Array = new Uint8Array(0);
  #length = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get missing(): number {
    return this.#size - this.#length;
  }

  /** Takes what it can use and returns the rest. */
  add(bytes: Uint8Array): Uint8Array {
    const used = bytes.subarray(0, this.missing);
    if (used.length === this.#size) this.#buffer = used;
    else {
      this.#reserve(this.#length + used.length);
      this.#buffer.set(used, this.#length);
    }
    this.#length += used.length;
    return bytes.subarray(used.length);
  }

  finish(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#buffer.length) return;
    const wanted = Math.max(bytes, 2 * this.#buffer.length, FIRST_BYTES);
    const larger = new Uint8Array(Math.min(this.#size, wanted));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}
