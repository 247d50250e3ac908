import { randomBytes, timingSafeEqual } from 'node:crypto';
import { AuthenticationError, BonafideError } from '@bonafide/core/errors';
import type { StreamSink } from '../http/exchange.ts';
import { newId } from '../ids.ts';
import type { Connection } from './connection.ts';
import type { Origin, SessionServer } from './server.ts';
import type { Carrier } from './session.ts';

/** Names a connection whose frames come by POST and leave as events. */
export interface Ticket {
  readonly connectionId: string;
  readonly secret: string;
}

/** Connections over server-sent events and POST, for where no WebSocket can go. */
export interface EventStreams {
  open(origin: Origin): Ticket;
  /** Returns the function that carries from then on what the gateway says; CONFLICT when it is read already. */
  startReading(ticket: Ticket, signal: AbortSignal): (sink: StreamSink) => void;
  /** Takes frames of the client; resolves when it may send more. */
  write(ticket: Ticket, frames: string): Promise<void>;
}

interface Entry {
  readonly secret: Buffer;
  readonly carrier: EventStreamCarrier;
  readonly connection: Connection;
}

export function createEventStreams(sessions: SessionServer): EventStreams {
  const entries = new Map<string, Entry>();

  function find({ connectionId, secret }: Ticket): Entry {
    const entry = entries.get(connectionId);
    const given = Buffer.from(secret);
    if (entry && given.length === entry.secret.length && timingSafeEqual(given, entry.secret)) return entry;
    throw new AuthenticationError('There is no such connection: open one with POST /v1/session.');
  }

  return {
    open(origin) {
      sessions.assertRoom(origin.network);
      const ticket = { connectionId: newId(), secret: randomBytes(24).toString('base64url') };
      const carrier = new EventStreamCarrier(() => entries.delete(ticket.connectionId));
      const connection = sessions.accept(carrier, origin);
      carrier.onDrain = () => connection.drained();
      entries.set(ticket.connectionId, { secret: Buffer.from(ticket.secret), carrier, connection });
      return ticket;
    },
    startReading(ticket, signal) {
      const { carrier, connection } = find(ticket);
      if (carrier.isRead)
        throw new BonafideError('CONFLICT', 'The events of this connection are read already.');
      return (sink) => {
        // A stream that breaks is a connection that is lost.
        const lose = () => {
          connection.lost();
          carrier.close();
        };
        signal.addEventListener('abort', lose, { once: true });
        carrier.carryBy(sink);
      };
    },
    async write(ticket, frames) {
      const { carrier, connection } = find(ticket);
      if (!carrier.isRead) throw new BonafideError('CONFLICT', 'Open the stream of this connection first.');
      connection.receive(frames);
      await carrier.untilReady();
    },
  };
}

/** How long a reader has to take the last words. */
const LAST_WORDS_MS = 2000;

class EventStreamCarrier implements Carrier {
  readonly transport = 'sse';
  onDrain: (() => void) | undefined;
  readonly #onEnd: () => void;
  #sink: StreamSink | undefined;
  /** The challenge, until somebody reads. */
  #early = '';
  #buffered = 0;
  #pause: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  #isClosed = false;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  get bufferedBytes(): number {
    return this.#buffered + this.#early.length;
  }

  get isRead(): boolean {
    return this.#sink !== undefined;
  }

  carryBy(sink: StreamSink): void {
    this.#sink = sink;
    const early = this.#early;
    this.#early = '';
    if (early !== '') this.send(early);
  }

  untilReady(): Promise<void> {
    return this.#pause?.promise ?? Promise.resolve();
  }

  send(lines: string): void {
    if (!this.#sink) {
      this.#early += lines;
      return;
    }
    const text = toEvent(lines);
    this.#buffered += text.length;
    void this.#sink.write(text).then(() => {
      this.#buffered -= text.length;
      if (this.#buffered === 0) this.onDrain?.();
    });
  }

  pause(): void {
    this.#pause ??= Promise.withResolvers<void>();
  }

  resume(): void {
    this.#pause?.resolve();
    this.#pause = undefined;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.resume();
    this.#onEnd();
    const sink = this.#sink;
    sink?.end();
    setTimeout(() => sink?.close(), LAST_WORDS_MS).unref();
  }
}

/**
 * Frames as one event, a line of data each. A body may hold a carriage return between its tokens, where JSON lets it stand
 * for a space, but which would end the line of an event.
 */
function toEvent(lines: string): string {
  const data = lines.slice(0, -1).replaceAll('\r', ' ').replaceAll('\n', '\ndata: ');
  return `data: ${data}\n\n`;
}
