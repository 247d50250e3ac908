import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `swallow`: the node gets the request, the caller never gets the answer. `drop`: neither. `result`: a made-up answer. */
export type Treatment = 'forward' | 'swallow' | 'drop' | { readonly result: unknown };

/** A node that fails on demand, in front of a real one. */
export interface RpcProxy extends AsyncDisposable {
  readonly url: string;
  /** How often a method was asked for. */
  count(method: string): number;
  treat(treatment: (method: string) => Treatment): void;
}

/** Starts a proxy to a JSON-RPC node on a free port. */
export async function startRpcProxy(target: string): Promise<RpcProxy> {
  const counts = new Map<string, number>();
  let treatmentOf: (method: string) => Treatment = () => 'forward';

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray());
    const { id, method } = JSON.parse(body.toString()) as { id: number; method: string };
    counts.set(method, (counts.get(method) ?? 0) + 1);
    const treatment = treatmentOf(method);
    if (treatment === 'drop') return void response.destroy();
    const headers = { 'content-type': 'application/json' };
    if (typeof treatment === 'object') {
      return void response.writeHead(200, headers).end(JSON.stringify({ jsonrpc: '2.0', id, ...treatment }));
    }
    const reply = await fetch(target, { method: 'POST', body, headers }).then((it) => it.text());
    if (treatment === 'swallow') response.destroy();
    else response.writeHead(200, headers).end(reply);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: (method) => counts.get(method) ?? 0,
    treat(treatment) {
      treatmentOf = treatment;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
