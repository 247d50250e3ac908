import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * `swallow`: the node gets the request, the caller never gets the answer. `drop`: neither. `limit`: asked too often, come back
 * in an hour. `forwardAfter`: not before that. Another object: a made-up answer.
 */
export type Treatment =
  | 'forward'
  | 'swallow'
  | 'drop'
  | 'limit'
  | { readonly forwardAfter: Promise<unknown> }
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string } };

interface Question {
  readonly id: number;
  readonly method: string;
  readonly params?: readonly unknown[];
}

/** A node that fails on demand, in front of a real one. */
export interface RpcProxy extends AsyncDisposable {
  readonly url: string;
  /** How often a method was asked for. */
  count(method: string): number;
  /** Requests so far, each with one question or several. */
  readonly requests: number;
  treat(treatment: (method: string, params: readonly unknown[]) => Treatment): void;
}

/** Starts a proxy to a JSON-RPC node on a free port. */
export async function startRpcProxy(target: string): Promise<RpcProxy> {
  const counts = new Map<string, number>();
  let requests = 0;
  let treatmentOf: (method: string, params: readonly unknown[]) => Treatment = () => 'forward';

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray());
    const asked: Question | Question[] = JSON.parse(body.toString());
    requests += 1;
    const replies = await Promise.all([asked].flat().map(ask));
    const lost = replies.find((reply) => typeof reply !== 'object');
    if (lost !== undefined) return void response.destroy();
    const status = replies.some((reply) => 'status' in Object(reply)) ? 429 : 200;
    const content = JSON.stringify(Array.isArray(asked) ? replies : replies[0]);
    response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '3600' }).end(content);
  }

  /** The answer of the node or a made-up one; a word when there is none. */
  async function ask({ id, method, ...question }: Question): Promise<object | 'lost'> {
    counts.set(method, (counts.get(method) ?? 0) + 1);
    const treatment = treatmentOf(method, question.params ?? []);
    if (treatment === 'drop') return 'lost';
    if (treatment === 'limit') return { status: 429 };
    if (typeof treatment === 'object') {
      if (!('forwardAfter' in treatment)) return { jsonrpc: '2.0', id, ...treatment };
      await treatment.forwardAfter;
    }
    const body = JSON.stringify({ id, method, ...question });
    const headers = { 'content-type': 'application/json' };
    const reply = await fetch(target, { method: 'POST', body, headers }).then((it) => it.json());
    return treatment === 'swallow' ? 'lost' : reply;
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: (method) => counts.get(method) ?? 0,
    get requests() {
      return requests;
    },
    treat(treatment) {
      treatmentOf = treatment;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
