import { connect, type Socket } from 'node:net';

/** Requests as the bytes to send, so that making them is not part of what is measured. */
export interface Load {
  readonly url: string;
  readonly requests: readonly string[];
  readonly connections: number;
}

/** Sends every request once over keep-alive connections, one under way on each; throws on any answer but 200. */
export async function sendAll({ url, requests, connections }: Load): Promise<void> {
  const { hostname, port } = new URL(url);
  let next = 0;
  const take = () => requests[next++];
  await Promise.all(
    Array.from({ length: connections }, () => runConnection(connect(Number(port), hostname), take)),
  );
}

function runConnection(socket: Socket, take: () => string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = '';
    const send = () => {
      const request = take();
      if (request === undefined) {
        socket.destroy();
        resolve();
      } else socket.write(request);
    };
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.once('error', reject);
    socket.once('connect', send);
    socket.on('data', (chunk: string) => {
      received += chunk;
      const headEnd = received.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
      if (received.length < headEnd + 4 + length) return;
      if (!received.startsWith('HTTP/1.1 200')) reject(new Error(received));
      received = '';
      send();
    });
  });
}
