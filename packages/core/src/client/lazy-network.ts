import type { PeerNetwork } from './types.ts';

/** A network that is opened at its first use and then kept; an attempt that failed is made again. */
export class LazyNetwork {
  readonly #open: () => Promise<PeerNetwork>;
  #opened: Promise<PeerNetwork> | undefined;

  constructor(open: () => Promise<PeerNetwork>) {
    this.#open = open;
  }

  readonly get = (): Promise<PeerNetwork> => {
    this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  };

  /** Closes it if it was ever opened. */
  async close(): Promise<void> {
    // That it could not be opened was told to whoever wanted to use it.
    const network = await this.#opened?.catch(() => undefined);
    await network?.[Symbol.asyncDispose]();
  }
}
