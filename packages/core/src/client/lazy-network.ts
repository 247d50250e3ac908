import { BonafideError } from '../errors.ts';
import type { PeerNetwork } from './types.ts';

/** A network that is opened at its first use and then kept; an attempt that failed is made again. */
export class LazyNetwork {
  readonly #open: () => Promise<PeerNetwork>;
  #opening: Promise<PeerNetwork> | undefined;
  #network: PeerNetwork | undefined;
  #isClosed = false;

  constructor(open: () => Promise<PeerNetwork>) {
    this.#open = open;
  }

  readonly get = (): Promise<PeerNetwork> => {
    this.#opening ??= this.#start();
    return this.#opening;
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
