import type { Channel } from '../exchange/types.ts';
import { type ChannelMessage, decodeUnordered, encodeUnordered } from './channel-messages.ts';
import { Latest } from './latest.ts';
import type { Link } from './link.ts';
import { type ChannelParts, OrderedChannel } from './ordered-channel.ts';
import { channelClosed } from './problems.ts';

const MAX_WAITING_BYTES = 262_144;
/** What a message costs besides its bytes. */
const MESSAGE_COST_BYTES = 64;

interface UnorderedParts extends ChannelParts {
  readonly link: Link;
  /** Of its datagrams. */
  readonly datagramLabel: string;
}

/** Messages as datagrams; a stream without bytes says how long the channel lasts. */
export class UnorderedChannel implements Channel {
  readonly label: string;
  readonly messages: AsyncIterable<ChannelMessage>;
  readonly #parts: UnorderedParts;
  readonly #lifetime: OrderedChannel;
  readonly #received = new Latest<ChannelMessage>({
    limit: MAX_WAITING_BYTES,
    costOf: (message) => message.length + MESSAGE_COST_BYTES,
  });
  readonly #stopListening: () => void;
  #isOver = false;

  constructor(parts: UnorderedParts) {
    this.label = parts.label;
    this.#parts = parts;
    this.messages = { [Symbol.asyncIterator]: () => ({ next: () => this.#received.next() }) };
    this.#stopListening = parts.link.onDatagram((label, bytes) => {
      if (label === parts.datagramLabel) this.#received.push(decodeUnordered(bytes));
    });
    this.#lifetime = new OrderedChannel(parts);
    void this.#waitForEnd();
  }

  async send(message: ChannelMessage): Promise<void> {
    if (this.#isOver) throw channelClosed();
    this.#parts.link.sendDatagram(this.#parts.datagramLabel, encodeUnordered(message));
  }

  async close(): Promise<void> {
    this.#end();
    await this.#lifetime.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #waitForEnd(): Promise<void> {
    try {
      for await (const message of this.#lifetime.messages) void message;
    } catch {
      // Given up, or lost with the link: over in any case.
    }
    this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopListening();
    this.#received.end();
  }
}
