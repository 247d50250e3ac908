import { BonafideError } from '../errors.ts';
import { type MessageKind, messageKind } from '../models/message.ts';
import type { DeliveredLiveFrame, MessageFrame } from '../protocol/frames.ts';
import { nextTurn } from './batch.ts';
import { type BodyCodec, isProtected } from './bodies.ts';
import { Deliveries } from './deliveries.ts';
import { Incoming } from './incoming.ts';
import type { SessionLink } from './link.ts';
import { Recent } from './recent.ts';
import type { IncomingMessage, SendOptions, Sent } from './types.ts';

/** `left`: it was taken over by nobody, and waits on. */
export type Handled = 'handled' | 'left';
export type MessageHandler = (message: IncomingMessage) => Handled | Promise<Handled>;

export interface InboxOptions {
  readonly bodies: BodyCodec;
  readonly credit: number;
  readonly reply: (to: string, body: unknown, options: SendOptions) => Promise<Sent>;
}

const MOST_LIVE = 1024;
/** Messages of so many are remembered, so that none is handled twice when it is delivered again. */
const REMEMBERED_PER_CREDIT = 16;
const LEAST_REMEMBERED = 4096;

/** What has been decided about a message that was delivered before. */
type Verdict = Incoming | 'acknowledged' | { readonly rejected: string };

/**
 * Messages on their way to handlers: those of one sender one after the other, those of several senders side by side. Each
 * is acknowledged when its handlers are done, and what nobody listens for waits until somebody does.
 */
export class Inbox {
  readonly #link: SessionLink;
  readonly #options: InboxOptions;
  readonly #deliveries: Deliveries;
  readonly #handlers = new Map<MessageKind | 'message', Set<MessageHandler>>();
  readonly #lanes = new Map<string, Incoming[]>();
  readonly #known: Recent<Verdict>;
  readonly #held: Incoming[] = [];
  #isReleasing = false;
  #live = 0;
  #lost = 0;

  constructor(link: SessionLink, options: InboxOptions) {
    this.#link = link;
    this.#options = options;
    this.#deliveries = new Deliveries(link);
    this.#known = new Recent(Math.max(LEAST_REMEMBERED, options.credit * REMEMBERED_PER_CREDIT));
    link.onFrame(['msg'], (frame, body) => this.#onMessage(frame, body));
    link.onFrame(['live'], (frame, body) => this.#onLive(frame, body));
    link.onFrame(['lost'], ({ count }) => this.#onLost(count));
  }

  /** Returns the function that removes the handler. */
  add(kind: MessageKind | 'message', handler: MessageHandler): () => void {
    const handlers = this.#handlers.get(kind) ?? new Set();
    this.#handlers.set(kind, handlers.add(handler));
    // After the handlers that are added in the same breath; until then nothing overtakes what waits.
    this.#isReleasing = true;
    nextTurn(() => this.#release());
    return () => void handlers.delete(handler);
  }

  /** Acknowledges nothing until the returned function is called. */
  suspend(): () => void {
    return this.#deliveries.suspend();
  }

  #onMessage(frame: MessageFrame, body: string): void {
    const delivery = { connection: this.#deliveries.connection, d: frame.d };
    const keys = keysOf(frame);
    const verdict = this.#known.get(keys.message) ?? this.#known.get(keys.delivered);
    if (verdict === 'acknowledged') this.#deliveries.settle(delivery);
    else if (verdict instanceof Incoming) verdict.delivery = delivery;
    else if (verdict) this.#deliveries.reject(delivery, verdict.rejected);
    else {
      const incoming = this.#toIncoming(frame, body);
      incoming.delivery = delivery;
      this.#known.set(keys.message, incoming);
      incoming.onSettled = (reason) => this.#settle(incoming, { ...keys, reason });
      this.#enqueue(incoming);
    }
  }

  #settle(
    { delivery }: Incoming,
    {
      message,
      delivered,
      reason,
    }: { readonly message: string; readonly delivered: string; readonly reason: string | undefined },
  ): void {
    if (reason === undefined) {
      this.#known.set(message, 'acknowledged');
      if (delivery) this.#deliveries.settle(delivery);
      return;
    }
    // A dead letter that an operator sends again has a new sequence, and is handled again.
    this.#known.forget(message);
    this.#known.set(delivered, { rejected: reason });
    if (delivery) this.#deliveries.reject(delivery, reason);
  }

  #onLive(frame: DeliveredLiveFrame, body: string): void {
    if (!this.#hasHandlers(frame.kind)) return;
    if (this.#live >= MOST_LIVE) {
      this.#lost += 1;
      return;
    }
    this.#live += 1;
    const incoming = this.#toIncoming(frame, body);
    incoming.onSettled = () => {
      this.#live -= 1;
      if (this.#live === 0 && this.#lost > 0) this.#onLost(this.#lost);
    };
    this.#enqueue(incoming);
  }

  #onLost(count: number): void {
    this.#lost = 0;
    const message = `${count} live message(s) were lost: this reader is too slow for them.`;
    this.#link.reportError(new BonafideError('LIMIT_EXCEEDED', message, { details: { count } }));
  }

  #toIncoming(frame: MessageFrame | DeliveredLiveFrame, body: string): Incoming {
    return new Incoming(frame, { text: body, reply: this.#options.reply });
  }

  #enqueue(incoming: Incoming): void {
    const lane = this.#lanes.get(incoming.from);
    if (lane) lane.push(incoming);
    else this.#open(incoming.from, [incoming]);
  }

  #open(sender: string, lane: Incoming[]): void {
    this.#lanes.set(sender, lane);
    void this.#drain(sender, lane);
  }

  async #drain(sender: string, queue: Incoming[]): Promise<void> {
    for (let incoming = queue.shift(); incoming; incoming = queue.shift()) await this.#handle(incoming);
    this.#lanes.delete(sender);
  }

  async #handle(incoming: Incoming): Promise<void> {
    if (this.#isReleasing && !incoming.isLive) {
      this.#held.push(incoming);
      return;
    }
    try {
      if (!incoming.isOpened) await this.#read(incoming);
    } catch (error) {
      this.#refuse(incoming, error);
      return;
    }
    await this.#callHandlers(incoming);
  }

  async #read(incoming: Incoming): Promise<void> {
    const body = incoming.parse();
    const isPlain = !isProtected(body);
    incoming.take(
      isPlain ? { body, isSealed: false } : await this.#options.bodies.decode(incoming.received(body)),
    );
  }

  async #callHandlers(incoming: Incoming): Promise<void> {
    const handlers = [...(this.#handlers.get(incoming.kind) ?? []), ...(this.#handlers.get('message') ?? [])];
    let isHandled = false;
    let failure: { readonly error: unknown } | undefined;
    for (const handler of handlers) {
      try {
        if ((await handler(incoming)) === 'handled') isHandled = true;
      } catch (error) {
        failure ??= { error };
        this.#link.reportError(error);
      }
    }
    if (failure) incoming.settle(toReason(failure.error));
    else if (isHandled || incoming.isDecided) incoming.settle();
    else this.#hold(incoming);
  }

  #refuse(incoming: Incoming, error: unknown): void {
    this.#link.reportError(error);
    incoming.settle(toReason(error));
  }

  /** It waits, unacknowledged; but where somebody listens for other kinds, it must not use up all of their credit. */
  #hold(incoming: Incoming): void {
    if (incoming.isLive) {
      incoming.settle();
      return;
    }
    this.#held.push(incoming);
    if (!this.#hasAnyHandlers() || this.#held.length <= this.#options.credit / 2) return;
    const first = this.#held.shift();
    if (!first) return;
    this.#refuse(
      first,
      new BonafideError('UNSUPPORTED', `Nobody here listens for messages of kind ${first.kind}.`),
    );
  }

  #release(): void {
    this.#isReleasing = false;
    const held = Map.groupBy(this.#held.splice(0), ({ from }) => from);
    for (const [sender, messages] of held) {
      const lane = this.#lanes.get(sender);
      // They came before what waits in the lane.
      if (lane) lane.unshift(...messages);
      else this.#open(sender, messages);
    }
  }

  #hasHandlers(kind: MessageKind): boolean {
    return this.#countOf(kind) > 0 || this.#countOf('message') > 0;
  }

  #hasAnyHandlers(): boolean {
    return [...messageKind.options, 'message' as const].some((kind) => this.#countOf(kind) > 0);
  }

  #countOf(kind: MessageKind | 'message'): number {
    return this.#handlers.get(kind)?.size ?? 0;
  }
}

function keysOf({ from, id, seq, to }: MessageFrame): {
  readonly message: string;
  readonly delivered: string;
} {
  return { message: `${from}\n${id}`, delivered: `${from}\n${id}\n${to}\n${seq}` };
}

const LONGEST_REASON = 500;

function toReason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.slice(0, LONGEST_REASON) || 'A handler failed.';
}
