import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A request as the far side received it. */
export interface Received {
  readonly method: string;
  /** Request target: path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly response: ServerResponse;
}

export type Answer = (request: Received) => void | Promise<void>;

/** A real HTTP server on a free port that answers each request by the next step of a script, the last one for ever. */
export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  readonly authority: string;
  readonly requests: readonly Received[];
}

export async function startScriptedServer(...script: readonly Answer[]): Promise<ScriptedServer> {
  const requests: Received[] = [];
  const server = createServer(async (incoming, response) => {
    const step = script[Math.min(requests.length, script.length - 1)];
    const request = await receive(incoming, response);
    requests.push(request);
    await step?.(request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const authority = `127.0.0.1:${address.port}`;
  return {
    url: `http://${authority}`,
    authority,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function receive(incoming: IncomingMessage, response: ServerResponse): Promise<Received> {
  const { method = '', url = '', headers } = incoming;
  return { method, url, headers, body: await buffer(incoming), response };
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return ({ response }) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(value));
  };
}

export function problem(
  code: string,
  status: number,
  rest: { readonly headers?: Record<string, string>; readonly [field: string]: unknown } = {},
): Answer {
  const { headers, ...fields } = rest;
  const type = { 'content-type': 'application/problem+json' };
  return json({ code, status, detail: `refused: ${code}`, ...fields }, status, { ...type, ...headers });
}

/** Breaks the connection without an answer. */
export const hangUp: Answer = ({ response }) => void response.socket?.destroy();

/** Never answers. */
export const silence: Answer = () => undefined;

/** Opens an event stream and sends these frames; it stays open. */
export function frames(...texts: readonly string[]): Answer {
  return ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    for (const text of texts) response.write(text);
  };
}

/** The same, then closes the connection cleanly. */
export function closedFrames(...texts: readonly string[]): Answer {
  return async (request) => {
    await frames(...texts)(request);
    request.response.end();
  };
}

/** The same, then breaks the connection once the frames are out. */
export function brokenFrames(...texts: readonly string[]): Answer {
  return async (request) => {
    await frames()(request);
    request.response.write(texts.join(''), () => request.response.socket?.destroy());
  };
}
