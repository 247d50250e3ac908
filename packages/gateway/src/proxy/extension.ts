import { BonafideError } from '@bonafide/core/errors';
import { toProblem } from '@bonafide/core/problem';
import type { ClientFrame, RequestFrame } from '@bonafide/core/protocol';
import type { Services } from '../context.ts';
import { placeOfSession } from '../messages/place.ts';
import type { Session, SessionExtension, SessionPart } from '../sessions/session.ts';
import type { Exchange } from './exchange.ts';
import { type Exchanges, exchangesOf } from './exchanges.ts';
import { parseRequestHead } from './heads.ts';
import { legOf } from './legs.ts';

const MAX_PER_CLIENT = 64;

type ProxyFrame = Extract<ClientFrame, { readonly t: 'response' | 'chunk' | 'finish' | 'abort' | 'more' }>;

/** HTTP through sessions, for those who ask and for those who answer. */
export function createProxy(services: Services): SessionExtension {
  const exchanges = exchangesOf(services);
  return {
    frames: ['request', 'response', 'chunk', 'finish', 'abort', 'more'],
    open: (session) => new ProxyPart(session, { exchanges, now: services.now }),
  };
}

class ProxyPart implements SessionPart {
  readonly #session: Session;
  readonly #exchanges: Exchanges;
  readonly #now: () => number;
  /** What it asked for, by its numbers; made when it asks for something. */
  #asked: Map<number, Exchange> | undefined;

  constructor(session: Session, { exchanges, now }: { exchanges: Exchanges; now: () => number }) {
    this.#session = session;
    this.#exchanges = exchanges;
    this.#now = now;
  }

  onFrame(frame: ClientFrame, body: string): void {
    if (frame.t === 'request') this.#start(frame);
    // What is about an exchange that is over comes late, as it may.
    else if (isOfExchange(frame) && frame.n > 0) this.#asked?.get(frame.n)?.fromClient(frame, body);
    else if (isOfExchange(frame))
      this.#exchanges.ofService(this.#session).get(frame.n)?.fromService(frame, body);
  }

  close(): void {
    const all = [...(this.#asked?.values() ?? []), ...this.#exchanges.ofService(this.#session).values()];
    // An error has a stack, which nearly all sessions end without.
    if (all.length === 0) return;
    const error = new BonafideError(
      'UNAVAILABLE',
      `${this.#session.name} disconnected. What became of the request is unknown.`,
    );
    for (const exchange of all) exchange.abort(error);
  }

  #start(frame: RequestFrame): void {
    const { n } = frame;
    const asked = this.#asked ?? new Map<number, Exchange>();
    this.#asked = asked;
    if (!Number.isSafeInteger(n) || n < 1 || asked.has(n)) {
      throw new BonafideError(
        'VALIDATION_FAILED',
        'n must be a positive whole number that is not under way.',
      );
    }
    const client = legOf(this.#session, n);
    let isOver = false;
    const onEnd = () => {
      isOver = true;
      asked.delete(n);
    };
    try {
      if (asked.size >= MAX_PER_CLIENT) {
        throw new BonafideError(
          'LIMIT_EXCEEDED',
          `A session has at most ${MAX_PER_CLIENT} requests under way.`,
        );
      }
      const caller = placeOfSession(this.#session, this.#now);
      const exchange = this.#exchanges.open({ caller, head: parseRequestHead(frame), client, onEnd });
      if (!isOver) asked.set(n, exchange);
    } catch (error) {
      client.send({ t: 'abort', problem: toProblem(BonafideError.from(error)) });
    }
  }
}

function isOfExchange(frame: ClientFrame): frame is ProxyFrame {
  return ['response', 'chunk', 'finish', 'abort', 'more'].includes(frame.t);
}
