import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

/** A gateway behind a front that loses answers on demand: it did what it was asked, and nobody hears of it. */
export interface SwallowingProxy extends AsyncDisposable {
  readonly url: string;
  /** How many answers it has swallowed. */
  readonly swallowed: number;
  /** Who answers; made after the proxy, because it must know its public address. */
  forwardTo(gateway: { fetch(request: Request): Promise<Response> }): void;
  /** Swallows answers to requests of this path, from now on; to none when absent. */
  swallow(path: string | undefined): void;
}

/** Starts one on a free port. */
export async function startSwallowingProxy(): Promise<SwallowingProxy> {
  let answerer: { fetch(request: Request): Promise<Response> } | undefined;
  let lostPath: string | undefined;
  let swallowed = 0;

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/', headers } = request;
    const body = method === 'GET' ? undefined : Buffer.concat(await request.toArray());
    const pairs = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
    const onward = new Request(`http://${headers.host}${path}`, {
      method,
      headers: pairs,
      ...(body && { body }),
    });
    const isLost = path === lostPath;
    const answer = await answerer?.fetch(onward);
    if (!answer || isLost) {
      swallowed += 1;
      await answer?.arrayBuffer();
      response.destroy();
      return;
    }
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (answer.body) Readable.fromWeb(answer.body as never).pipe(response);
    else response.end();
  }

  const server = createServer((request, response) => {
    forward(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get swallowed() {
      return swallowed;
    },
    forwardTo(gateway) {
      answerer = gateway;
    },
    swallow(path) {
      lostPath = path;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
