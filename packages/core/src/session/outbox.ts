import { v7 } from 'uuid';
import { BonafideError, ConnectionError, TimeoutError } from '../errors.ts';
import { canonicalAddress } from '../models/address.ts';
import { messageId as messageIdSchema } from '../models/message.ts';
import type { AcceptedFrame, RefusedFrame, SendFrame } from '../protocol/frames.ts';
import { problemToError } from '../transport/response-error.ts';
import { type BodyCodec, toText } from './bodies.ts';
import type { SessionLink } from './link.ts';
import type { SendOptions, Sent } from './types.ts';

/** What may wait for the gateway at most, in characters; more is refused instead of filling the memory. */
const MOST_WAITING = 64 * 1024 * 1024;
const RETRY_AFTER_MS = 1000;

interface Waiting {
  readonly frame: SendFrame;
  readonly body: string;
  resolve(sent: Sent): void;
  reject(error: unknown): void;
}

/** Messages on their way: kept here until the gateway keeps them, and sent again after every lost connection. */
export class Outbox {
  readonly #link: SessionLink;
  readonly #bodies: BodyCodec;
  readonly #timeoutMs: number;
  readonly #waiting = new Map<number, Waiting>();
  #characters = 0;
  /** Signing and sealing take turns of their own: whoever sends after them must not overtake. */
  #preparing: Promise<unknown> | undefined;

  constructor(
    link: SessionLink,
    { bodies, timeoutMs }: { readonly bodies: BodyCodec; readonly timeoutMs: number },
  ) {
    this.#link = link;
    this.#bodies = bodies;
    this.#timeoutMs = timeoutMs;
    link.onFrame(['accepted'], (frame) => this.#onAccepted(frame));
    link.onFrame(['refused'], (frame) => this.#onRefused(frame));
    link.onConnect(() => this.#sendAgain());
    link.onDisconnect(({ error, willReconnect }) => {
      if (!willReconnect) this.#giveUp(error);
    });
  }

  async send(to: string, body: unknown, options: SendOptions = {}): Promise<Sent> {
    const frame = this.#toFrame(to, options);
    const prepare = () => this.#bodies.encode({ ...frame, body, ...pickSecrecy(options) });
    if (!options.sign && options.sealFor === undefined && !this.#preparing) {
      return this.#submit(frame, toText(body), options);
    }
    const before = this.#preparing;
    const prepared = (async () => {
      const text = await prepare();
      await before?.catch(() => undefined);
      return { sent: this.#submit(frame, text, options) };
    })();
    this.#preparing = prepared;
    try {
      const { sent } = await prepared;
      return await sent;
    } finally {
      if (this.#preparing === prepared) this.#preparing = undefined;
    }
  }

  #toFrame(to: string, options: SendOptions): SendFrame {
    const { kind = 'chat', messageId: id = v7(), replyTo, expiresInSeconds, grantId } = options;
    if (!messageIdSchema.safeParse(id).success) {
      throw new BonafideError('VALIDATION_FAILED', 'A messageId has 1 to 64 visible ASCII characters.');
    }
    return {
      ...{ t: 'send', n: this.#link.nextNumber(), to: canonicalAddress(to), kind, id },
      ...(expiresInSeconds !== undefined && { ttl: expiresInSeconds }),
      ...(replyTo !== undefined && { replyTo }),
      ...(grantId !== undefined && { grant: grantId }),
    };
  }

  #submit(frame: SendFrame, body: string, options: SendOptions): Promise<Sent> {
    const { signal, timeoutMs = this.#timeoutMs } = options;
    signal?.throwIfAborted();
    if (this.#link.signal.aborted) throw this.#link.signal.reason;
    this.#bodies.assertSize(body);
    if (this.#characters + body.length > MOST_WAITING) throw tooMuchWaiting();
    const { promise, resolve, reject } = Promise.withResolvers<Sent>();
    const end = this.#watch(frame, { signal, timeoutMs });
    this.#waiting.set(frame.n, {
      ...{ frame, body },
      resolve: (sent) => {
        end();
        resolve(sent);
      },
      reject: (error) => {
        end();
        reject(error);
      },
    });
    this.#characters += body.length;
    this.#link.sendFrame(frame, body);
    return promise;
  }

  /** Gives up at the end of the time or at the caller's wish; returns what ends watching. */
  #watch(frame: SendFrame, { signal, timeoutMs }: Required<Pick<Waits, 'timeoutMs'>> & Waits): () => void {
    const timer = setTimeout(() => this.#take(frame.n)?.reject(timedOut(frame, timeoutMs)), timeoutMs);
    const onAbort = (): void => this.#take(frame.n)?.reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    return () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
  }

  #take(n: number): Waiting | undefined {
    const waiting = this.#waiting.get(n);
    if (!waiting) return undefined;
    this.#waiting.delete(n);
    this.#characters -= waiting.body.length;
    return waiting;
  }

  #onAccepted({ list }: AcceptedFrame): void {
    for (const [n, sequence] of list) {
      const waiting = this.#take(n);
      const isDuplicate = sequence < 0;
      waiting?.resolve({ messageId: waiting.frame.id, sequence: Math.abs(sequence), isDuplicate });
    }
  }

  #onRefused({ n, problem }: RefusedFrame): void {
    const error = problemToError(problem);
    if (!error.retryable) {
      this.#take(n)?.reject(error);
      return;
    }
    const { retryAfterMs } = error.details;
    const waitMs = typeof retryAfterMs === 'number' ? retryAfterMs : RETRY_AFTER_MS;
    setTimeout(() => this.#sendOnce(this.#waiting.get(n)), waitMs);
  }

  #sendAgain(): void {
    for (const waiting of this.#waiting.values()) this.#sendOnce(waiting);
  }

  #sendOnce(waiting: Waiting | undefined): void {
    if (waiting) this.#link.sendFrame(waiting.frame, waiting.body);
  }

  #giveUp(cause: BonafideError): void {
    for (const n of [...this.#waiting.keys()]) {
      const waiting = this.#take(n);
      waiting?.reject(unknownOutcome(waiting.frame, cause));
    }
  }
}

type Waits = Pick<SendOptions, 'signal'> & { readonly timeoutMs: number };

function pickSecrecy({ sign = false, sealFor, expiresInSeconds }: SendOptions) {
  return { sign, sealFor, expiresInSeconds };
}

const UNKNOWN =
  'Whether it was kept is unknown: send it again under the same messageId, never under a new one.';

function timedOut({ to, id: messageId }: SendFrame, timeoutMs: number): TimeoutError {
  return new TimeoutError(`The message to ${to} was not confirmed within ${timeoutMs} ms. ${UNKNOWN}`, {
    details: { messageId, timeoutMs },
  });
}

function unknownOutcome({ to, id: messageId }: SendFrame, cause: BonafideError): ConnectionError {
  const message = `The session ended before the message to ${to} was confirmed. ${UNKNOWN}`;
  return new ConnectionError(message, { details: { messageId }, cause });
}

function tooMuchWaiting(): BonafideError {
  return new BonafideError(
    'LIMIT_EXCEEDED',
    'Too much waits for the gateway already: await what was sent before sending more.',
  );
}
