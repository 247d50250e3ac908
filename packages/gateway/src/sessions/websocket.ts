import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { BonafideError } from '@bonafide/core/errors';
import { PROTOCOL, SESSION_PATH } from '@bonafide/core/protocol';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { type AddressOf, networkOf } from '../http/remote-address.ts';
import { MAX_CARRIED_BYTES } from './arrivals.ts';
import type { Connection } from './connection.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import type { SessionServer } from './server.ts';
import type { Carrier } from './session.ts';

export interface UpgradeOptions {
  readonly sessions: SessionServer;
  readonly addressOf: AddressOf;
  /** Whether a page of this origin may connect. */
  isOriginAllowed(origin: string): boolean;
  readonly stopped: AbortSignal;
}

export type OnUpgrade = (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Turns requests for a session into WebSockets; all else gets an HTTP error. */
export function createUpgrade(options: UpgradeOptions): OnUpgrade {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_CARRIED_BYTES,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  return (incoming, socket, head) => {
    // Of a socket that breaks here nobody else hears.
    const onError = () => socket.destroy();
    socket.on('error', onError);
    try {
      const remoteAddress = options.addressOf({
        remoteAddress: incoming.socket.remoteAddress,
        header: (name) => textOf(incoming.headers[name]),
      });
      const origin = { remoteAddress, network: networkOf(remoteAddress) };
      assertAcceptable(incoming, options);
      options.sessions.assertRoom(origin.network);
      server.handleUpgrade(incoming, socket, head, (webSocket) => {
        socket.off('error', onError);
        carry(webSocket, { socket, accept: (carrier) => options.sessions.accept(carrier, origin) });
      });
    } catch (cause) {
      refuseUpgrade(socket, BonafideError.from(cause));
    }
  };
}

function assertAcceptable({ url = '', headers }: IncomingMessage, options: UpgradeOptions): void {
  if (options.stopped.aborted) throw new BonafideError('UNAVAILABLE', 'This gateway is stopping.');
  if (url.split('?', 1)[0] !== SESSION_PATH) {
    throw new BonafideError('NOT_FOUND', `Only ${SESSION_PATH} speaks WebSocket.`);
  }
  const { origin } = headers;
  if (origin !== undefined && !options.isOriginAllowed(origin)) {
    throw new BonafideError('FORBIDDEN', 'Pages of this origin may not connect: see allowedOrigins.');
  }
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  if (offered.includes(PROTOCOL)) return;
  throw new BonafideError('VALIDATION_FAILED', `Ask for the WebSocket subprotocol ${PROTOCOL}.`);
}

function carry(
  webSocket: WebSocket,
  { socket, accept }: { socket: Duplex; accept: (carrier: Carrier) => Connection },
): void {
  const connection = accept(new WebSocketCarrier(webSocket));
  boundUnproven(connection, { socket, webSocket });
  webSocket.on('message', (data: RawData, isBinary: boolean) => {
    if (isBinary) connection.close(new BonafideError('VALIDATION_FAILED', 'Frames are text.'));
    else connection.receive(String(data));
  });
  socket.on('drain', () => connection.drained());
  // What breaks the protocol of WebSockets ws answers itself; the close follows.
  webSocket.on('error', () => connection.lost());
  webSocket.on('close', () => connection.lost());
}

/** A hello and what surrounds it, generously. */
const MAX_UNPROVEN_BYTES = 65_536;

/** Of who did not say who it is nothing large is held, also no message that never ends. */
function boundUnproven(
  connection: Connection,
  { socket, webSocket }: { readonly socket: Duplex; readonly webSocket: WebSocket },
): void {
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (!connection.isOpen && bytes <= MAX_UNPROVEN_BYTES) return;
    socket.off('data', count);
    if (connection.isOpen) return;
    connection.close(new BonafideError('PAYLOAD_TOO_LARGE', 'So much is not taken before a hello.'));
    webSocket.terminate();
  };
  socket.on('data', count);
}

/** How long a reader has to take the last words. */
const LAST_WORDS_MS = 2000;

class WebSocketCarrier implements Carrier {
  readonly transport = 'websocket';
  readonly #webSocket: WebSocket;

  constructor(webSocket: WebSocket) {
    this.#webSocket = webSocket;
  }

  get bufferedBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  send(lines: string): void {
    this.#webSocket.send(lines);
  }

  pause(): void {
    this.#webSocket.pause();
  }

  resume(): void {
    this.#webSocket.resume();
  }

  close(): void {
    const webSocket = this.#webSocket;
    // What it was paused for is over, and its answer to the close is to be heard.
    webSocket.resume();
    webSocket.close(1000);
    const timer = setTimeout(() => webSocket.terminate(), LAST_WORDS_MS);
    webSocket.once('close', () => clearTimeout(timer));
  }
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header;
}
