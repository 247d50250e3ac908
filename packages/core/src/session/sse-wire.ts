import { z } from 'zod';
import { BonafideError, ConnectionError } from '../errors.ts';
import { SESSION_PATH, TICKET_HEADER } from '../protocol/handshake.ts';
import { toError } from '../transport/response-error.ts';
import { readText, toConnectionError } from '../transport/send.ts';
import { readFrames } from '../transport/sse-frames.ts';
import type { Transport } from '../transport/transport.ts';
import type { SessionSettings } from './settings.ts';
import type { Wire, WireEvents } from './wire.ts';

/** Characters of one POST at most, unless a single batch has more; three bytes each stay within what a gateway reads. */
const LONGEST_POST = 512 * 1024;
const LONGEST_EVENT = 64 * 1024 * 1024;
const LONGEST_ANSWER = 65_536;

const ticketSchema = z.object({ connectionId: z.string(), secret: z.string() });

/** The same frames where no WebSocket can go: those of the gateway as events, those of the client by POST, one after the other. */
export async function openSseWire(
  { transport }: SessionSettings,
  { events, signal }: { readonly events: WireEvents; readonly signal: AbortSignal },
): Promise<Wire> {
  const opening = await exchange(transport, { path: '', method: 'POST', headers: {}, signal });
  const ticket = ticketSchema.parse(JSON.parse(await read(transport, opening, signal)));
  const wire = new SseWire(transport, { events, name: `${ticket.connectionId}.${ticket.secret}` });
  await wire.open(signal);
  return wire;
}

class SseWire implements Wire {
  readonly #transport: Transport;
  readonly #events: WireEvents;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #closing = new AbortController();
  #waiting: string[] = [];
  #posting: Promise<void> | undefined;
  #bufferedCharacters = 0;

  constructor(
    transport: Transport,
    { events, name }: { readonly events: WireEvents; readonly name: string },
  ) {
    this.#transport = transport;
    this.#events = events;
    this.#headers = { [TICKET_HEADER]: name };
  }

  /** Resolves once the stream is open; `opening` ends with that. */
  async open(opening: AbortSignal): Promise<void> {
    const giveUp = (): void => this.#closing.abort(opening.reason);
    opening.addEventListener('abort', giveUp, { once: true });
    try {
      opening.throwIfAborted();
      const headers = { ...this.#headers, accept: 'text/event-stream' };
      const request = { path: '/stream', method: 'GET', headers, signal: this.#closing.signal };
      const { body } = await exchange(this.#transport, request);
      if (!body) throw new ConnectionError('The gateway opened no stream.');
      void this.#listen(body);
    } finally {
      opening.removeEventListener('abort', giveUp);
    }
  }

  get bufferedBytes(): number {
    return this.#bufferedCharacters;
  }

  send(lines: string): void {
    this.#waiting.push(lines);
    this.#bufferedCharacters += lines.length;
    this.#posting ??= this.#post();
  }

  close(): void {
    const end = (): void => this.#closing.abort(new ConnectionError('The connection was closed.'));
    void (this.#posting ?? Promise.resolve()).then(end);
  }

  async #listen(body: ReadableStream<Uint8Array>): Promise<void> {
    const { url, heartbeatTimeoutMs } = this.#transport;
    const { signal } = this.#closing;
    const limits = { maxEventLength: LONGEST_EVENT, heartbeatTimeoutMs };
    try {
      for await (const { data } of readFrames(body, { ...limits, url, signal, onRetry: () => undefined })) {
        this.#events.onText(`${data}\n`);
      }
      this.#end(new ConnectionError(`The gateway at ${url.host} ended the stream.`));
    } catch (error) {
      this.#end(error);
    }
  }

  async #post(): Promise<void> {
    const { signal } = this.#closing;
    try {
      while (this.#waiting.length > 0 && !signal.aborted) {
        const body = this.#takeBatch();
        const headers = { ...this.#headers, 'content-type': 'text/plain; charset=utf-8' };
        const request = { path: '/frames', method: 'POST', headers, body, signal };
        await read(this.#transport, await exchange(this.#transport, request), signal);
        this.#bufferedCharacters -= body.length;
      }
    } catch (error) {
      this.#end(error);
    } finally {
      this.#posting = undefined;
    }
  }

  #takeBatch(): string {
    let batch = this.#waiting.shift() ?? '';
    for (const next of [...this.#waiting]) {
      if (batch.length + next.length > LONGEST_POST) break;
      batch += next;
      this.#waiting.shift();
    }
    return batch;
  }

  #end(error: unknown): void {
    const reason = BonafideError.from(error);
    this.#events.onClose(reason);
    this.#closing.abort(reason);
  }
}

interface ExchangeRequest {
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** One request, unsigned: who we are the hello says. */
async function exchange(transport: Transport, { path, signal, ...init }: ExchangeRequest): Promise<Response> {
  const url = new URL(`${SESSION_PATH.slice(1)}${path}`, transport.url);
  const response = await transport
    .fetch(url.href, { ...init, signal, redirect: 'manual' })
    .catch((cause: unknown) => {
      throw toConnectionError(cause, { url, signal });
    });
  if (response.ok) return response;
  throw toError(response, parseOrNothing(await read(transport, response, signal)));
}

function read({ url }: Transport, response: Response, signal: AbortSignal): Promise<string> {
  return readText(response, { limit: LONGEST_ANSWER, signal, url });
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
