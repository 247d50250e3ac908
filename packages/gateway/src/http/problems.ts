import { BonafideError, RateLimitError } from '@bonafide/core/errors';
import { toProblem } from '@bonafide/core/problem';
import type { Logger } from 'pino';
import type { Reply, ReplyHeaders } from './exchange.ts';

/** Ours unchanged; a stranger becomes INTERNAL to the caller, and its cause goes to the log. */
export function toError(
  cause: unknown,
  { log, requestId }: { log: Logger; requestId: string },
): BonafideError {
  const error = BonafideError.from(cause);
  if (error.code === 'INTERNAL') log.error({ requestId, err: error.cause ?? error }, 'internal error');
  return error;
}

export function problemReply(
  error: BonafideError,
  { headers, requestId }: { headers: ReplyHeaders; requestId: string },
): Reply {
  return {
    status: error.status,
    headers: {
      ...headers,
      ...extraHeaders(error),
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
    },
    body: JSON.stringify(toProblem(error, requestId)),
  };
}

function extraHeaders(error: BonafideError): ReplyHeaders {
  if (error instanceof RateLimitError) return { 'retry-after': String(Math.ceil(error.retryAfterMs / 1000)) };
  // The rest of the body is not read, so the connection cannot carry another request.
  if (error.code === 'PAYLOAD_TOO_LARGE') return { connection: 'close' };
  return error.status === 401 ? { 'www-authenticate': 'Bearer, Signature' } : {};
}
