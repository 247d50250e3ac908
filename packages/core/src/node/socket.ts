import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import type { SocketRequest } from '../client/platform.ts';
import { type BonafideError, ConnectionError } from '../errors.ts';
import type { Wire } from '../session/wire.ts';
import { toError } from '../transport/response-error.ts';
import { readTls } from './tls.ts';

const NORMAL_CLOSURE = 1000;
const LARGEST_MESSAGE_BYTES = 64 * 1024 * 1024;
/** For the other side to agree that it is over. */
const CLOSING_MS = 2000;

/** The WebSocket of Node, with certificates of the caller, and with what the gateway says when it opens none. */
export async function openNodeSocket(
  url: URL,
  { protocol, tls, events, signal }: SocketRequest,
): Promise<Wire> {
  const certificates = tls ? await readTls(tls) : {};
  const { promise, resolve, reject } = Promise.withResolvers<Wire>();
  const limits = { perMessageDeflate: false, maxPayload: LARGEST_MESSAGE_BYTES };
  const socket = new WebSocket(url, protocol, { ...certificates, ...limits });
  let failure: BonafideError | undefined;
  const fail = (error: BonafideError): void => {
    failure ??= error;
    socket.terminate();
  };
  const onAbort = (): void => {
    reject(signal.reason);
    socket.terminate();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  socket.on('open', () => {
    signal.removeEventListener('abort', onAbort);
    resolve(toWire(socket));
  });
  socket.on('message', (data) => events.onText(data.toString()));
  socket.on('unexpected-response', (_, response) => void toRefusal(response).then(fail));
  socket.on('error', (cause) => {
    failure ??= new ConnectionError(`${url.host} cannot be reached, or broke the connection.`, { cause });
  });
  socket.on('close', (code) => {
    signal.removeEventListener('abort', onAbort);
    const error = failure ?? new ConnectionError(`The connection to ${url.host} was lost (${code}).`);
    events.onClose(error);
    reject(error);
  });
  if (signal.aborted) onAbort();
  return promise;
}

function toWire(socket: WebSocket): Wire {
  return {
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    send: (lines) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(lines);
    },
    close: () => {
      socket.close(NORMAL_CLOSURE);
      setTimeout(() => socket.terminate(), CLOSING_MS).unref();
    },
  };
}

async function toRefusal(response: IncomingMessage): Promise<BonafideError> {
  const { statusCode = 502, headers } = response;
  const body = await text(response).catch(() => '');
  const retryAfter = headers['retry-after'];
  const answer = new Response(null, {
    status: statusCode >= 200 ? statusCode : 502,
    headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
  });
  return toError(answer, parseOrNothing(body));
}

function parseOrNothing(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
