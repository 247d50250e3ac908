import { BonafideError } from '../errors.ts';
import type { MessageKind } from '../models/message.ts';
import type { DeliveredLiveFrame, MessageFrame } from '../protocol/frames.ts';
import type { OpenedBody, ReceivedBody } from './bodies.ts';
import type { IncomingMessage, SendOptions, Sent } from './types.ts';

interface IncomingParts {
  readonly text: string;
  readonly reply: (to: string, body: unknown, options: SendOptions) => Promise<Sent>;
}

/** A message as handlers get it, and what becomes of it. */
export class Incoming implements IncomingMessage {
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly kind: MessageKind;
  readonly sentAt: string;
  readonly attempt: number;
  readonly sequence: number | undefined;
  readonly expiresAt?: string;
  readonly replyTo?: string;
  readonly onBehalfOf?: string;
  body: unknown;
  signedBy: string | undefined;
  isSealed = false;
  /** Where it was delivered last; a lost connection delivers it again. */
  delivery: { readonly connection: number; readonly d: number } | undefined;
  onSettled: ((reason: string | undefined) => void) | undefined;
  readonly #reply: IncomingParts['reply'];
  #text: string;
  #isOpened = false;
  #rejected: string | undefined;
  #isSettled = false;

  constructor(frame: MessageFrame | DeliveredLiveFrame, { text, reply }: IncomingParts) {
    this.#text = text;
    this.#reply = reply;
    this.from = frame.from;
    this.to = frame.to;
    this.kind = frame.kind;
    const kept = 'd' in frame ? frame : undefined;
    this.messageId = kept?.id ?? '';
    this.sentAt = kept?.at ?? new Date().toISOString();
    this.attempt = kept?.try ?? 1;
    this.sequence = kept?.seq;
    if (kept?.exp !== undefined) this.expiresAt = kept.exp;
    if (kept?.replyTo !== undefined) this.replyTo = kept.replyTo;
    if (kept?.sub !== undefined) this.onBehalfOf = kept.sub;
  }

  get isLive(): boolean {
    return this.sequence === undefined;
  }

  /** Acknowledged or rejected by a handler, whether or not that has been told to the gateway. */
  get isDecided(): boolean {
    return this.#isSettled || this.#rejected !== undefined;
  }

  /** Its signature and seal were checked; false until `take`. */
  get isOpened(): boolean {
    return this.#isOpened;
  }

  parse(): unknown {
    try {
      return JSON.parse(this.#text);
    } catch (cause) {
      throw new BonafideError('VALIDATION_FAILED', `The body of a message from ${this.from} is not JSON.`, {
        cause,
      });
    }
  }

  received(body: unknown): ReceivedBody {
    const { from, to, kind, replyTo } = this;
    return { from, to, kind, replyTo, body, id: this.isLive ? undefined : this.messageId };
  }

  take({ body, signedBy, isSealed }: OpenedBody): void {
    this.body = body;
    this.signedBy = signedBy;
    this.isSealed = isSealed;
    this.#isOpened = true;
    this.#text = '';
  }

  reply(body: unknown, options: SendOptions = {}): Promise<Sent> {
    const answers = this.isLive ? {} : { replyTo: this.messageId };
    return this.#reply(this.from, body, { kind: this.kind, ...answers, ...options });
  }

  acknowledge(): void {
    if (this.#rejected === undefined) this.settle();
  }

  reject(reason: string): void {
    this.#rejected ??= reason.slice(0, 500) || 'Rejected.';
  }

  /** Once; a handler's own rejection comes before any other reason. */
  settle(reason = this.#rejected): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.onSettled?.(this.#rejected ?? reason);
  }
}
