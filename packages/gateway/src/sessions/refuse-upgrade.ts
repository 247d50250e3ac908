import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type BonafideError, RateLimitError } from '@bonafide/core/errors';
import { toProblem } from '@bonafide/core/problem';

/** Answers a request to upgrade with a problem document, on its bare socket. */
export function refuseUpgrade(socket: Duplex, error: BonafideError): void {
  const body = JSON.stringify(toProblem(error));
  const retry =
    error instanceof RateLimitError ? [`Retry-After: ${Math.ceil(error.retryAfterMs / 1000)}`] : [];
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}`,
    'Content-Type: application/problem+json',
    'Cache-Control: no-store',
    ...retry,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
