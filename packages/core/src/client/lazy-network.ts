import { BonafideError } from '../errors.ts';
import type { PeerNetwork } from './types.ts';

/**
 * A network that is opened at its first use and then kept; an attempt that failed is made again, and one that is over is
 * replaced, except by what another process of the agent took over: two would take it from each other for ever.
 */
export class LazyNetwork {
  readonly #open: () => Promise<PeerNetwork>;
  #opening: Promise<PeerNetwork> | undefined;
  #network: PeerNetwork | undefined;
  #isClosed = false;

  constructor(open: () => Promise<PeerNetwork>) {
    this.#open = open;
  }

  /** Waits no longer than the signal, which ends the wait and not the opening. */
  readonly get = async (signal?: AbortSignal): Promise<PeerNetwork> => {
    if (this.#network && isReplaceable(this.#network)) {
      this.#network = undefined;
      this.#opening = undefined;
    }
    this.#opening ??= this.#start();
    return untilAborted(this.#opening, signal);
  };

  /** Closes it if it was ever opened. What is still being opened is closed then, and not waited for. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#network?.[Symbol.asyncDispose]();
  }

  async #start(): Promise<PeerNetwork> {
    try {
      this.#assertNotClosed();
      const network = await this.#open();
      if (this.#isClosed) await network[Symbol.asyncDispose]();
      this.#assertNotClosed();
      this.#network = network;
      return network;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  #assertNotClosed(): void {
    if (this.#isClosed) throw new BonafideError('UNAVAILABLE', 'The agent of this peer network was closed.');
  }
}

function isReplaceable({ signal }: PeerNetwork): boolean {
  return signal.aborted && !(BonafideError.is(signal.reason) && signal.reason.code === 'CONFLICT');
}

async function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (!signal) return work;
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([aborted.promise, work]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
