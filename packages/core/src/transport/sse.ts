import type { EventSourceMessage } from 'eventsource-parser';
import { BonafideError, ConnectionError, TimeoutError } from '../errors.ts';
import type { StreamOperation } from '../operations/define.ts';
import { parseInput, parseOutput } from '../operations/validate.ts';
import { delay, startDeadline } from './deadline.ts';
import { type PlainRequest, toRequest } from './request.ts';
import { problemToError, toError } from './response-error.ts';
import { readText, send } from './send.ts';
import { readFrames } from './sse-frames.ts';
import { backoffMs, type Transport } from './transport.ts';

/** Events between the reader's cursor and `oldest` are gone; the stream goes on from `oldest`. */
export interface StreamGap {
  readonly oldest: string | undefined;
}

export interface StreamCall {
  readonly operation: StreamOperation;
  readonly input: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Time for the whole stream; endless when absent. */
  readonly timeoutMs?: number | undefined;
  /** Called at a gap, after which the stream goes on; without it a gap throws EXPIRED with `details.oldest`. */
  readonly onGap?: ((gap: StreamGap) => void) | undefined;
}

/** Failures in a row after which a stream that worked before is given up. */
const RESUME_LIMIT = 20;
const LONGEST_SERVER_RETRY_MS = 30_000;

/**
 * Follows a stream and resumes it by Last-Event-ID after a lost connection. A finite stream ends with the server's
 * `end` frame. Reads no further than the consumer; `return()` closes the socket at once.
 */
export function callStream(transport: Transport, call: StreamCall): AsyncIterable<unknown> {
  return { [Symbol.asyncIterator]: () => iterate(transport, call) };
}

function iterate(transport: Transport, call: StreamCall): AsyncIterator<unknown> {
  const closing = new AbortController();
  const events = new StreamReader(transport, { ...call, closed: closing.signal }).read();
  return {
    next: () => events.next(),
    return: (value?: unknown) => {
      // A generator would queue this behind a read that may never end.
      closing.abort();
      return events.return(value);
    },
  };
}

class StreamReader {
  readonly #transport: Transport;
  readonly #call: StreamCall & { readonly closed: AbortSignal };
  #lastEventId: string | undefined;
  #serverRetryMs = 0;
  #failures = 0;
  #hasWorked = false;

  constructor(transport: Transport, call: StreamCall & { readonly closed: AbortSignal }) {
    this.#transport = transport;
    this.#call = call;
  }

  async *read(): AsyncGenerator<unknown, unknown, undefined> {
    const { operation, timeoutMs, signal, closed } = this.#call;
    const input = parseInput(operation, this.#call.input);
    const request = toRequest(operation, { baseUrl: this.#transport.url, input });
    const deadline = startDeadline({
      timeoutMs,
      signals: [signal, closed, this.#transport.signal],
      reason: () => new TimeoutError(`${operation.id} was not over within ${timeoutMs} ms.`),
    });
    try {
      yield* this.#follow(request, deadline.signal);
    } catch (error) {
      if (!closed.aborted) throw error;
    } finally {
      deadline.end();
    }
    return undefined;
  }

  /** Connection after connection until the server says that the stream is over. */
  async *#follow(request: PlainRequest, signal: AbortSignal): AsyncGenerator<unknown> {
    for (;;) {
      try {
        yield* this.#readConnection(request, signal);
        return;
      } catch (error) {
        const waitMs = this.#toWait(error, signal);
        const backoff = backoffMs(this.#transport, this.#failures);
        this.#failures += 1;
        await delay(Math.max(waitMs, backoff, this.#serverRetryMs), signal);
      }
    }
  }

  /** Returns when the stream is over; throws when the connection ends before. */
  async *#readConnection(request: PlainRequest, outer: AbortSignal): AsyncGenerator<unknown> {
    const connection = new AbortController();
    const signal = AbortSignal.any([outer, connection.signal]);
    try {
      const body = await this.#connect(request, { connection, signal });
      for await (const frame of this.#framesOf(body, { url: request.url, signal })) {
        this.#failures = 0;
        this.#hasWorked = true;
        if (frame.event === 'end') return;
        if (frame.event === undefined || frame.event === 'message') yield this.#toEvent(frame);
        else this.#onSignal(frame);
      }
      throw new ConnectionError(`The gateway at ${request.url.origin} dropped the stream.`);
    } finally {
      connection.abort();
    }
  }

  async #connect(
    request: PlainRequest,
    { connection, signal }: { readonly connection: AbortController; readonly signal: AbortSignal },
  ): Promise<ReadableStream<Uint8Array>> {
    const { timeoutMs, maxResponseBytes } = this.#transport;
    const resume = this.#lastEventId === undefined ? {} : { 'last-event-id': this.#lastEventId };
    const headers = { accept: 'text/event-stream', ...resume };
    const late = () =>
      connection.abort(new ConnectionError(`The stream did not open within ${timeoutMs} ms.`));
    const timer = setTimeout(late, timeoutMs);
    try {
      const response = await send(this.#transport, { ...request, headers, signal });
      if (!response.ok) {
        const text = await readText(response, { limit: maxResponseBytes, signal, url: request.url });
        throw toError(response, parseJsonOrNothing(text));
      }
      return bodyOf(response);
    } finally {
      clearTimeout(timer);
    }
  }

  #framesOf(
    body: ReadableStream<Uint8Array>,
    connection: { readonly url: URL; readonly signal: AbortSignal },
  ): AsyncGenerator<EventSourceMessage> {
    const { maxEventLength, heartbeatTimeoutMs } = this.#transport;
    const onRetry = (retryMs: number) => {
      this.#serverRetryMs = Math.min(retryMs, LONGEST_SERVER_RETRY_MS);
    };
    return readFrames(body, { ...connection, maxEventLength, heartbeatTimeoutMs, onRetry });
  }

  #toEvent(frame: EventSourceMessage): unknown {
    const event = parseOutput(this.#call.operation, parseData(frame));
    // Only events move the cursor: after a reset that broke off, the gap must be told again.
    if (frame.id !== undefined) this.#lastEventId = frame.id;
    return event;
  }

  /** Frames that are not events; unknown ones are left for later versions. */
  #onSignal(frame: EventSourceMessage): void {
    if (frame.event === 'error') throw problemToError(parseData(frame));
    if (frame.event !== 'reset') return;
    const data = parseData(frame);
    const oldest = isRecord(data) && typeof data.oldest === 'string' ? data.oldest : undefined;
    if (!this.#call.onGap) throw gapError(this.#call.operation, oldest);
    this.#call.onGap({ oldest });
  }

  /** How long to wait before resuming at least; throws what cannot be resumed. */
  #toWait(error: unknown, signal: AbortSignal): number {
    signal.throwIfAborted();
    const limit = this.#hasWorked ? RESUME_LIMIT : this.#transport.retry.limit;
    if (!BonafideError.is(error) || !error.retryable || this.#failures >= limit) throw error;
    const { retryAfterMs } = error.details;
    return typeof retryAfterMs === 'number'
      ? Math.min(retryAfterMs, this.#transport.retry.maxRetryAfterMs)
      : 0;
  }
}

function bodyOf(response: Response): ReadableStream<Uint8Array> {
  const type = response.headers.get('content-type') ?? 'no content type';
  if (response.body && /^text\/event-stream\s*(;|$)/i.test(type)) return response.body;
  throw new BonafideError('INTERNAL', `The gateway answered ${type} instead of an event stream.`);
}

function parseData(frame: EventSourceMessage): unknown {
  const data = parseJsonOrNothing(frame.data);
  if (data !== undefined) return data;
  throw new BonafideError('INTERNAL', 'An event of the stream is not JSON.');
}

function parseJsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function gapError(operation: StreamOperation, oldest: string | undefined): BonafideError {
  const message = `${operation.id} has a gap: events after your cursor are no longer kept. Read the state anew.`;
  return new BonafideError('EXPIRED', message, { details: { oldest } });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
