import { BonafideError } from '@bonafide/core/errors';
import type { Channel } from '../exchange/types.ts';
import { type ChannelMessage, encodeOrdered, readOrdered } from './channel-messages.ts';
import type { LinkStream } from './link.ts';
import { channelClosed } from './problems.ts';

export interface ChannelParts {
  readonly label: string;
  readonly stream: LinkStream;
  /** What the other side writes after it took the channel. */
  readonly incoming: AsyncIterable<Uint8Array>;
}

/** Messages one after the other on a stream of their own. */
export class OrderedChannel implements Channel {
  readonly label: string;
  /** Leaving a loop over them ends nothing: the next loop goes on. */
  readonly messages: AsyncIterable<ChannelMessage>;
  readonly #stream: LinkStream;
  #closing: Promise<void> | undefined;

  constructor({ label, stream, incoming }: ChannelParts) {
    this.label = label;
    this.#stream = stream;
    const reading = this.#read(incoming);
    this.messages = { [Symbol.asyncIterator]: () => ({ next: () => reading.next() }) };
  }

  async send(message: ChannelMessage): Promise<void> {
    if (this.#closing) throw channelClosed();
    await this.#stream.write(encodeOrdered(message));
  }

  /** Resolves once the other side has everything, or can never get it. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await this.#stream.end().catch(ignore);
    this.#stream.abort(channelClosed());
  }

  async *#read(incoming: AsyncIterable<Uint8Array>): AsyncGenerator<ChannelMessage, void> {
    try {
      yield* readOrdered(incoming);
      // Closed there: nobody reads what is sent from here.
      void this.close();
    } catch (error) {
      // Whoever closes the channel wants no more.
      if (this.#closing) return;
      const reason = BonafideError.from(error);
      this.#stream.abort(reason);
      throw reason;
    }
  }
}

function ignore(): void {
  // The other side gave up before: there is nothing left to close.
}
