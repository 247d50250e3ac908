import { ConnectionError } from '../errors.ts';
import type { Wire } from '../session/wire.ts';
import type { SocketRequest } from './platform.ts';

const NORMAL_CLOSURE = 1000;

/** The WebSocket of browsers and workers. They hide why one cannot be opened. */
export function openGlobalSocket(
  url: URL,
  { protocol, events, signal }: Omit<SocketRequest, 'tls'>,
): Promise<Wire> {
  const { promise, resolve, reject } = Promise.withResolvers<Wire>();
  const socket = new WebSocket(url, protocol);
  const wire: Wire = {
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    send: (lines) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(lines);
    },
    close: () => socket.close(NORMAL_CLOSURE),
  };
  const onAbort = (): void => {
    reject(signal.reason);
    socket.close();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  socket.addEventListener('open', () => {
    signal.removeEventListener('abort', onAbort);
    resolve(wire);
  });
  socket.addEventListener('message', ({ data }) => events.onText(String(data)));
  socket.addEventListener('close', ({ code }) => {
    signal.removeEventListener('abort', onAbort);
    const error = new ConnectionError(`The connection to ${url.host} was lost (${code}).`);
    events.onClose(error);
    reject(error);
  });
  return promise;
}
