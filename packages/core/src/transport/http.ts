import ky, { HTTPError } from 'ky';
import { v7 } from 'uuid';
import { BonafideError, ConnectionError, TimeoutError } from '../errors.ts';
import { isQuery, type RemoteOperation } from '../operations/define.ts';
import { parseInput, parseOutput } from '../operations/validate.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { type PlainRequest, toRequest } from './request.ts';
import { asksForRetry, readRetryAfterMs, toError } from './response-error.ts';
import { readText, send } from './send.ts';
import { backoffMs, type Transport } from './transport.ts';

export interface RemoteCall {
  readonly operation: RemoteOperation;
  readonly input: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  readonly idempotencyKey?: string | undefined;
}

interface PreparedCall extends PlainRequest {
  readonly operation: RemoteOperation;
  /** Present on every write, the same for each attempt. */
  readonly idempotencyKey: string | undefined;
  readonly deadline: Deadline;
}

/**
 * Calls a remote operation. Queries, and writes under their idempotency key, are tried again after a lost connection,
 * 429, 503, 504 and IN_PROGRESS; nothing else is. Rejects with a BonafideError, or with the reason of the caller's signal.
 */
export async function callRemote(transport: Transport, call: RemoteCall): Promise<unknown> {
  const { operation, timeoutMs = transport.timeoutMs } = call;
  const input = parseInput(operation, call.input);
  const idempotencyKey = isQuery(operation) ? undefined : toIdempotencyKey(call.idempotencyKey);
  const deadline = startDeadline({
    timeoutMs,
    signals: [call.signal, transport.signal],
    reason: () => timedOut(operation, { timeoutMs, idempotencyKey }),
  });
  const request = toRequest(operation, { baseUrl: transport.url, input });
  try {
    const response = await exchange(transport, { ...request, operation, idempotencyKey, deadline });
    return parseOutput(operation, parseJson(await response.text()));
  } catch (error) {
    throw nameWrite(error instanceof HTTPError ? toError(error.response, error.data) : error, idempotencyKey);
  } finally {
    deadline.end();
  }
}

/** All attempts of one call; ky decides when, we decide whether. */
function exchange(transport: Transport, call: PreparedCall): Promise<Response> {
  const { retry } = transport;
  let attempt = 0;
  return ky(call.url, {
    method: call.method,
    signal: call.deadline.signal,
    timeout: false,
    fetch: () => {
      attempt += 1;
      return attemptOnce(transport, { ...call, attempt });
    },
    retry: {
      limit: retry.limit,
      methods: ['get', 'post', 'patch', 'delete'],
      statusCodes: [409, 429, 503, 504],
      afterStatusCodes: [409, 429, 503, 504],
      maxRetryAfter: retry.maxRetryAfterMs,
      delay: (attempts) => backoffMs(transport, attempts - 1),
      shouldRetry: ({ error }) => shouldRetry(error, { transport, deadline: call.deadline }),
    },
  });
}

/** True: after a backoff. Undefined: after the time the gateway asks for. */
function shouldRetry(
  error: Error,
  { transport, deadline }: { readonly transport: Transport; readonly deadline: Deadline },
): boolean | undefined {
  if (error instanceof ConnectionError) return true;
  if (!(error instanceof HTTPError) || !asksForRetry(error.response.status, error.data)) return false;
  const waitMs = Math.min(readRetryAfterMs(error.response.headers) ?? 0, transport.retry.maxRetryAfterMs);
  // Better to say now when to come back than to time out while waiting.
  return waitMs < deadline.remainingMs() ? undefined : false;
}

async function attemptOnce(
  transport: Transport,
  call: PreparedCall & { readonly attempt: number },
): Promise<Response> {
  const { operation, method, url, body, idempotencyKey, attempt } = call;
  const { signal } = call.deadline;
  const startedAt = performance.now();
  const report = (outcome: { status?: number; error?: unknown }): void => {
    const code = BonafideError.is(outcome.error) ? outcome.error.code : undefined;
    const durationMs = performance.now() - startedAt;
    const { status } = outcome;
    transport.onRequest?.({
      operation: operation.id,
      method,
      path: url.pathname,
      attempt,
      durationMs,
      status,
      code,
    });
  };
  const headers = {
    accept: 'application/json',
    ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
  };
  try {
    const response = await send(transport, { method, url, body, headers, signal });
    // Read here, so that a connection lost half-way through the answer counts as a failed attempt.
    const text = await readText(response, { limit: transport.maxResponseBytes, signal, url });
    report({ status: response.status });
    return new Response(text === '' ? null : text, { status: response.status, headers: response.headers });
  } catch (error) {
    report({ error });
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BonafideError('INTERNAL', "The gateway's answer is not JSON.", { cause });
  }
}

// UUIDv7: keys that rise keep the gateway's index of them small and warm.
function toIdempotencyKey(given: string = v7()): string {
  if (/^[\x21-\x7e]{1,200}$/.test(given)) return given;
  throw new BonafideError('VALIDATION_FAILED', 'An idempotency key has 1 to 200 visible ASCII characters.');
}

function timedOut(
  operation: RemoteOperation,
  { timeoutMs, idempotencyKey }: { readonly timeoutMs: number; readonly idempotencyKey: string | undefined },
): TimeoutError {
  const details = { operation: operation.id, timeoutMs };
  const message = `${operation.id} had no answer within ${timeoutMs} ms.`;
  if (idempotencyKey === undefined) return new TimeoutError(message, { details });
  return new TimeoutError(
    `${message} Whether it was carried out is unknown: repeat it with the same idempotencyKey, never with a new one.`,
    { details: { ...details, idempotencyKey } },
  );
}

/** A write whose outcome is unknown must be repeatable, so its error carries its key. */
function nameWrite(error: unknown, idempotencyKey: string | undefined): unknown {
  if (idempotencyKey === undefined || !BonafideError.is(error)) return error;
  if ('idempotencyKey' in error.details) return error;
  const { message, cause, requestId } = error;
  const options = { details: { ...error.details, idempotencyKey }, cause, requestId };
  if (error instanceof TimeoutError) return new TimeoutError(message, options);
  if (error instanceof ConnectionError) return new ConnectionError(message, options);
  return error;
}
