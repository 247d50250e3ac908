import { v7 } from 'uuid';
import { BonafideError, ConnectionError, TimeoutError } from '../errors.ts';
import { isQuery } from '../operations/define.ts';
import { parseInput, parseOutput } from '../operations/validate.ts';
import type { CallFrame } from '../protocol/frames.ts';
import type { RemoteCall } from '../transport/http.ts';
import { problemToError } from '../transport/response-error.ts';
import { backoffMs, type Transport } from '../transport/transport.ts';
import type { SessionLink } from './link.ts';

export interface SessionCall extends RemoteCall {
  /**
   * Asks the gateway to give it up, and still takes its answer, however late: what was done by then is not lost. Only the
   * end of the session ends such a call without one.
   */
  readonly cancel?: AbortSignal | undefined;
}

/** A gateway bounds what one session may have under way; the rest waits here. */
const MOST_ASKED = 512;

interface Waiting {
  readonly call: SessionCall;
  readonly frame: CallFrame;
  readonly input: string;
  readonly startedAt: number;
  failures: number;
  attempts: number;
  resolve(output: string): void;
  reject(error: unknown): void;
}

/**
 * Operations over a session. Each write has an idempotency key, so whatever was not answered is asked again on the next
 * connection, and is carried out once.
 */
export class Calls {
  readonly #link: SessionLink;
  readonly #transport: Transport;
  readonly #waiting = new Map<number, Waiting>();
  readonly #asked = new Set<number>();

  constructor(link: SessionLink, transport: Transport) {
    this.#link = link;
    this.#transport = transport;
    link.onFrame(['result'], ({ n }, body) => this.#take(n)?.resolve(body));
    link.onFrame(['problem'], ({ n, problem }) => this.#onProblem(n, problemToError(problem)));
    link.onConnect(() => {
      this.#asked.clear();
      for (const waiting of this.#waiting.values()) this.#ask(waiting);
    });
    link.onDisconnect(({ error, willReconnect }) => {
      if (!willReconnect) this.#giveUp(error);
    });
  }

  async call(call: SessionCall): Promise<unknown> {
    const { operation, signal } = call;
    const input = JSON.stringify(parseInput(operation, call.input));
    signal?.throwIfAborted();
    if (this.#link.signal.aborted) throw this.#link.signal.reason;
    const key = isQuery(operation) ? undefined : toIdempotencyKey(call.idempotencyKey);
    const n = this.#link.nextNumber();
    const frame: CallFrame = { t: 'call', n, op: operation.id, ...(key && { key }) };
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const startedAt = performance.now();
    const waiting: Waiting = { call, frame, input, startedAt, failures: 0, attempts: 0, resolve, reject };
    this.#waiting.set(n, waiting);
    const end = this.#watch(waiting);
    this.#ask(waiting);
    try {
      return parseOutput(operation, parseJson(await promise));
    } finally {
      end();
    }
  }

  #ask(waiting: Waiting): void {
    const { n } = waiting.frame;
    if (this.#asked.size >= MOST_ASKED && !this.#asked.has(n)) return;
    if (!this.#link.isConnected) return;
    this.#asked.add(n);
    if (this.#link.sendFrame(waiting.frame, waiting.input)) waiting.attempts += 1;
    // The connection that it was cancelled on is gone.
    if (waiting.call.cancel?.aborted) this.#link.sendFrame({ t: 'cancel', n });
  }

  #take(n: number): Waiting | undefined {
    const waiting = this.#waiting.get(n);
    if (waiting) this.#report(waiting);
    this.#forget(n);
    return waiting;
  }

  /** Makes room for one that waits. */
  #forget(n: number): boolean {
    const wasFull = this.#asked.size >= MOST_ASKED;
    const hasFreed = this.#asked.delete(n);
    const wasThere = this.#waiting.delete(n);
    if (wasFull && hasFreed) this.#askNext();
    return wasThere;
  }

  #askNext(): void {
    for (const [n, waiting] of this.#waiting) {
      if (this.#asked.has(n)) continue;
      this.#ask(waiting);
      return;
    }
  }

  #watch(waiting: Waiting): () => void {
    const { frame, call } = waiting;
    const { signal, cancel, timeoutMs = this.#transport.timeoutMs } = call;
    const stop = (reason: unknown): void => {
      if (!this.#forget(frame.n)) return;
      this.#link.sendFrame({ t: 'cancel', n: frame.n });
      waiting.reject(reason);
    };
    const timer = cancel ? undefined : setTimeout(() => stop(timedOut(frame, timeoutMs)), timeoutMs);
    const onAbort = (): void => stop(signal?.reason);
    const onCancel = (): void => void this.#link.sendFrame({ t: 'cancel', n: frame.n });
    signal?.addEventListener('abort', onAbort, { once: true });
    cancel?.addEventListener('abort', onCancel, { once: true });
    return () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      cancel?.removeEventListener('abort', onCancel);
    };
  }

  #onProblem(n: number, error: BonafideError): void {
    const waiting = this.#waiting.get(n);
    if (!waiting) return;
    const { retry } = this.#transport;
    // The first attempt still runs, as after a lost connection: its answer will be there in a moment.
    const mayAskAgain = error.code === 'IN_PROGRESS' || waiting.failures < retry.limit;
    if (!error.retryable || !mayAskAgain) {
      this.#forget(n);
      this.#report(waiting, error);
      waiting.reject(named(error, waiting.frame.key));
      return;
    }
    const { retryAfterMs } = error.details;
    const atLeast = typeof retryAfterMs === 'number' ? Math.min(retryAfterMs, retry.maxRetryAfterMs) : 0;
    const waitMs = Math.max(atLeast, backoffMs(this.#transport, waiting.failures));
    waiting.failures += 1;
    setTimeout(() => {
      if (this.#waiting.has(n)) this.#ask(waiting);
    }, waitMs);
  }

  #giveUp(cause: BonafideError): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { frame, reject, attempts } of waiting) reject(ended(frame, { cause, attempts }));
  }

  #report({ call, attempts, startedAt }: Waiting, error?: BonafideError): void {
    const { id } = call.operation;
    const durationMs = performance.now() - startedAt;
    const code = error?.code;
    this.#transport.onRequest?.({
      ...{ operation: id, method: 'CALL', path: id },
      ...{ attempt: attempts, durationMs, code },
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BonafideError('INTERNAL', "The gateway's answer is not JSON.", { cause });
  }
}

function toIdempotencyKey(given: string = v7()): string {
  if (/^[\x21-\x7e]{1,200}$/.test(given)) return given;
  throw new BonafideError('VALIDATION_FAILED', 'An idempotency key has 1 to 200 visible ASCII characters.');
}

const UNKNOWN =
  'Whether it was carried out is unknown: repeat it with the same idempotencyKey, never with a new one.';

function timedOut({ op, key }: CallFrame, timeoutMs: number): TimeoutError {
  const message = `${op} had no answer within ${timeoutMs} ms.`;
  const details = { operation: op, timeoutMs };
  if (key === undefined) return new TimeoutError(message, { details });
  return new TimeoutError(`${message} ${UNKNOWN}`, { details: { ...details, idempotencyKey: key } });
}

function ended(
  { op, key }: CallFrame,
  { cause, attempts }: { readonly cause: BonafideError; readonly attempts: number },
): ConnectionError {
  const message = `The session ended before ${op} was answered.`;
  if (key === undefined || attempts === 0) {
    return new ConnectionError(message, { cause, details: { operation: op } });
  }
  const details = { operation: op, idempotencyKey: key };
  return new ConnectionError(`${message} ${UNKNOWN}`, { cause, details });
}

/** A write whose outcome is unknown must be repeatable, so its error carries its key. */
function named(error: BonafideError, key: string | undefined): BonafideError {
  const { code, message, requestId } = error;
  if (key === undefined || (code !== 'TIMEOUT' && code !== 'CONNECTION_FAILED')) return error;
  const options = { details: { ...error.details, idempotencyKey: key }, requestId };
  return code === 'TIMEOUT' ? new TimeoutError(message, options) : new ConnectionError(message, options);
}
