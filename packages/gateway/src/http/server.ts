import {
  createServer,
  type ServerOptions as NodeOptions,
  type RequestListener,
  type Server,
} from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { BonafideError } from '@bonafide/core/errors';
import { toProblem } from '@bonafide/core/problem';
import { getRequestListener, RequestError } from '@hono/node-server';
import type { Hono } from 'hono';
import type { OnUpgrade } from '../sessions/websocket.ts';
import type { CrossOrigin } from './cross-origin.ts';

const MAX_HEADER_BYTES = 16_384;
const KEEP_ALIVE_MS = 65_000;

export interface ServerOptions {
  readonly requestTimeoutMs: number;
  readonly shutdownTimeoutMs: number;
  readonly upgrade: OnUpgrade;
  readonly crossOrigin: CrossOrigin;
  /** Absent: plain HTTP. */
  readonly tls?: TlsOptions | undefined;
}

/** The listening half of a gateway. */
export interface HttpServer {
  listen(address: { readonly host: string; readonly port: number }): Promise<AddressInfo>;
  /** Takes nothing new, finishes what runs, and after the shutdown time cuts off what is left. */
  close(): Promise<void>;
}

export function createHttpServer(
  app: Hono,
  { requestTimeoutMs, shutdownTimeoutMs, upgrade, crossOrigin, tls }: ServerOptions,
): HttpServer {
  // A gateway is a guest in the process that embeds it: the global Request and Response stay as they are.
  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: refuseUnroutable,
  });
  const options: NodeOptions = {
    maxHeaderSize: MAX_HEADER_BYTES,
    requestTimeout: requestTimeoutMs,
    headersTimeout: Math.min(requestTimeoutMs, 10_000),
    keepAliveTimeout: KEEP_ALIVE_MS,
    // How often the two timeouts are looked at.
    connectionsCheckingInterval: Math.min(1000, requestTimeoutMs),
    // Some clients offer HTTP/2 with every request; that is answered as if they had not.
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  };
  const answer: RequestListener = (incoming, outgoing) => {
    if (!crossOrigin(incoming, outgoing)) void listener(incoming, outgoing);
  };
  const server = tls ? createTlsServer({ ...options, ...tls }, answer) : createServer(options, answer);
  server.on('clientError', refuseBroken);
  const connections = trackConnections(server);
  server.on('upgrade', (incoming, socket: Socket, head) => {
    connections.release(socket);
    upgrade(incoming, socket, head);
  });
  return {
    listen: ({ host, port }) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          resolve(server.address() as AddressInfo);
        });
      }),
    close: () => close(server, { connections, timeoutMs: shutdownTimeoutMs }),
  };
}

function close(
  server: Server,
  { connections, timeoutMs }: { connections: Connections; timeoutMs: number },
): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), timeoutMs);
    server.close(() => {
      clearTimeout(deadline);
      resolve();
    });
    connections.drain();
  });
}

interface Connections {
  /** Closes every connection as soon as no request is under way on it. */
  drain(): void;
  /** From now on it ends as whoever took it over ends it. */
  release(socket: Socket): void;
}

/** Node's closeIdleConnections leaves those open on which no request ever came, and browsers open such in advance. */
function trackConnections(server: Server): Connections {
  const open = new Set<Socket>();
  const busy = new Set<Socket>();
  let isDraining = false;
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', ({ socket }, outgoing) => {
    busy.add(socket);
    outgoing.once('close', () => {
      busy.delete(socket);
      if (isDraining) socket.end();
    });
  });
  return {
    release: (socket) => void open.delete(socket),
    drain() {
      isDraining = true;
      for (const socket of open) if (!busy.has(socket)) socket.destroy();
    },
  };
}

/** A target or Host header of which no URL can be made reaches no route, and gets a problem document as well. */
function refuseUnroutable(cause: unknown): Response {
  const problem =
    cause instanceof RequestError
      ? new BonafideError('VALIDATION_FAILED', 'The request target or the Host header cannot be read.')
      : BonafideError.from(cause);
  const headers = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' };
  return Response.json(toProblem(problem), { status: problem.status, headers });
}

/** What is not even HTTP, or comes too slowly, gets a problem document as well. */
function refuseBroken(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { status, line, problem } = brokenAnswer(error.code);
  const body = JSON.stringify({ ...toProblem(problem), status });
  const head = [
    `HTTP/1.1 ${status} ${line}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function brokenAnswer(code: string | undefined): { status: number; line: string; problem: BonafideError } {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    const problem = new BonafideError('TIMEOUT', 'The request did not arrive in time.');
    return { status: 408, line: 'Request Timeout', problem };
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    const problem = new BonafideError('PAYLOAD_TOO_LARGE', `Headers have at most ${MAX_HEADER_BYTES} bytes.`);
    return { status: 431, line: 'Request Header Fields Too Large', problem };
  }
  return {
    status: 400,
    line: 'Bad Request',
    problem: new BonafideError('VALIDATION_FAILED', 'This is not HTTP.'),
  };
}
