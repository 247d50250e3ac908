import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Hex, parseTransaction } from 'viem';

/** One question to a node: its method, and for calls whom it is about and which function. */
export interface RecordedCall {
  readonly method: string;
  readonly to?: string;
  readonly selector?: string;
}

/** A node behind a recorder. */
export interface RpcRecorder extends AsyncDisposable {
  /** Where to send questions instead of to the node. */
  readonly url: string;
  /** What was asked so far, in order; no values, signatures or keys. */
  calls(): readonly RecordedCall[];
}

interface Question {
  readonly method: string;
  readonly params?: readonly unknown[];
}

/** Starts a proxy to a JSON-RPC node on a free port that records what is asked. */
export async function recordRpc(nodeUrl: string): Promise<RpcRecorder> {
  const recorded: RecordedCall[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray());
    const asked: Question | readonly Question[] = JSON.parse(body.toString());
    recorded.push(...[asked].flat().map(toCall));
    const headers = { 'content-type': 'application/json' };
    const reply = await fetch(nodeUrl, { method: 'POST', body, headers });
    response.writeHead(reply.status, headers).end(await reply.text());
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => [...recorded],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function toCall({ method, params = [] }: Question): RecordedCall {
  const [first] = params;
  if (method === 'eth_sendRawTransaction' && typeof first === 'string')
    return { method, ...targetOf(parseTransaction(first as Hex)) };
  return { method, ...(isRecord(first) && targetOf(first)) };
}

/** Whom a call or a transaction is for, and the function's first four bytes. */
function targetOf({ to, data, input = data }: Readonly<Record<string, unknown>>): Partial<RecordedCall> {
  return {
    ...(typeof to === 'string' && { to: to.toLowerCase() }),
    ...(typeof input === 'string' && input.length >= 10 && { selector: input.slice(0, 10) }),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
