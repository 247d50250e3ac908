import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as the receiver got it. */
export interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
  /** What it answers from now on; 'hold' answers nothing and keeps the connection. */
  status: number | 'hold';
  /** Answers all that it holds. */
  release(status: number): void;
}

/** A server that webhooks are sent to. */
export async function startReceiver(status: number | 'hold' = 204): Promise<Receiver> {
  const received: Received[] = [];
  const held: ServerResponse[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request).catch(() => '');
    received.push({ headers: request.headers as Record<string, string>, body });
    if (receiver.status === 'hold') held.push(response);
    else response.writeHead(receiver.status).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    ...{ url: `http://127.0.0.1:${port}/hook`, received, status },
    release(answer) {
      for (const response of held.splice(0)) response.writeHead(answer).end();
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}
