import { AuthenticationError } from '@bonafide/core/errors';
import { SECOND_MS } from '../time.ts';
import { MAX_SIGNAL_LIFETIME_SECONDS } from './read-signal.ts';

/** Longer than any signal is good for, its date in the future included. */
const REMEMBER_MS = 2 * MAX_SIGNAL_LIFETIME_SECONDS * SECOND_MS;

/**
 * The signals of one session that were handed on. A session sends nobody's but its own, so that only its own can come twice;
 * another session of the agent may send them again, which is what a client does that lost its connection before the answer.
 */
export class Replays {
  readonly #now: () => number;
  #recent = new Set<string>();
  #older = new Set<string>();
  #turnedAt: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#turnedAt = now();
  }

  /** REPLAYED for one that was handed on. */
  assertNew(id: string): void {
    this.#turn();
    if (!this.#recent.has(id) && !this.#older.has(id)) return;
    throw new AuthenticationError('This signal was handed on before.', {
      code: 'REPLAYED',
      details: { reason: 'replayed' },
    });
  }

  add(id: string): void {
    this.#recent.add(id);
  }

  /** It was not handed on after all. */
  forget(id: string): void {
    this.#recent.delete(id);
    this.#older.delete(id);
  }

  // What bounds how many are kept is the rate at which a session may signal.
  #turn(): void {
    const nowMs = this.#now();
    if (Math.abs(nowMs - this.#turnedAt) < REMEMBER_MS) return;
    this.#older = this.#recent;
    this.#recent = new Set();
    this.#turnedAt = nowMs;
  }
}
