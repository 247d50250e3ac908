import type { MessageKind } from '../models/message.ts';
import type { Handled, Inbox } from './inbox.ts';
import type { LiveLink } from './live-link.ts';
import type { IncomingMessage } from './types.ts';

interface Offered {
  readonly message: IncomingMessage;
  settle(handled: Handled): void;
}

/** The messages of an inbox as an iterator, which takes one at a time from each sender. */
export function receiveFrom(
  inbox: Inbox,
  {
    link,
    kind = 'message',
  }: { readonly link: LiveLink; readonly kind?: MessageKind | 'message' | undefined },
): AsyncIterable<IncomingMessage> {
  return { [Symbol.asyncIterator]: () => new Receiver(inbox, { link, kind }) };
}

class Receiver implements AsyncIterator<IncomingMessage, undefined> {
  readonly #offered: Offered[] = [];
  readonly #link: LiveLink;
  readonly #remove: () => void;
  #inHand: Offered | undefined;
  #asking: {
    resolve(result: IteratorResult<IncomingMessage, undefined>): void;
    reject(error: unknown): void;
  }[] = [];
  #isOver = false;

  constructor(
    inbox: Inbox,
    { link, kind }: { readonly link: LiveLink; readonly kind: MessageKind | 'message' },
  ) {
    this.#link = link;
    this.#remove = inbox.add(kind, (message) => this.#offer(message));
    void link.ended.then((error) => this.#end(error));
  }

  async next(): Promise<IteratorResult<IncomingMessage, undefined>> {
    this.#inHand?.settle('handled');
    this.#inHand = this.#offered.shift();
    if (this.#inHand) return { done: false, value: this.#inHand.message };
    if (this.#isOver) {
      const error = await this.#link.ended;
      if (error && !this.#wasLeft) throw error;
      return { done: true, value: undefined };
    }
    const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<IncomingMessage, undefined>>();
    this.#asking.push({ resolve, reject });
    return promise;
  }

  #wasLeft = false;

  /** What is in hand and what waits is not acknowledged: the next who listens gets it. */
  async return(): Promise<IteratorResult<IncomingMessage, undefined>> {
    this.#wasLeft = true;
    this.#end(undefined);
    return { done: true, value: undefined };
  }

  #offer(message: IncomingMessage): Promise<Handled> {
    const { promise, resolve } = Promise.withResolvers<Handled>();
    const offered = { message, settle: resolve };
    const asking = this.#asking.shift();
    if (asking) {
      this.#inHand = offered;
      asking.resolve({ done: false, value: message });
    } else this.#offered.push(offered);
    return promise;
  }

  #end(error: Error | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#remove();
    for (const offered of this.#offered.splice(0)) offered.settle('left');
    if (this.#wasLeft) this.#inHand?.settle('left');
    for (const { resolve, reject } of this.#asking.splice(0)) {
      if (error) reject(error);
      else resolve({ done: true, value: undefined });
    }
  }
}
