import { nearest, readNumber } from './frames.ts';
import { costOf } from './outbox.ts';
import { broken } from './problems.ts';

/** An eighth of the window: the other side never waits for it. */
const ACK_AFTER_BYTES = 131_072;

/** Which frames came, and whether the other side knows. */
export class Inbox {
  #received = 0;
  #untoldBytes = 0;

  /** How many came, each once and in order. */
  get received(): number {
    return this.#received;
  }

  get isUntold(): boolean {
    return this.#untoldBytes > 0;
  }

  /** Too much to wait for a frame that carries it. */
  get isUrgent(): boolean {
    return this.#untoldBytes >= ACK_AFTER_BYTES;
  }

  /** False for one that came before, over another path. */
  take(packet: Uint8Array): boolean {
    const number = nearest(this.#received, readNumber(packet));
    if (number > this.#received + 1) throw broken('a frame is missing');
    // Told again: who sends it again does not know.
    this.#untoldBytes += costOf({ packet });
    if (number <= this.#received) return false;
    this.#received = number;
    return true;
  }

  told(): void {
    this.#untoldBytes = 0;
  }
}
