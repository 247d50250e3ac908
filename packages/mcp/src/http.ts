import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { BonafideError } from '@bonafide/core/errors';
import {
  localhostHostValidation,
  localhostOriginValidation,
  type NodeIncomingMessageLike,
  toNodeHandler,
} from '@modelcontextprotocol/node';
import { createMcpHandler, type McpServerFactory } from '@modelcontextprotocol/server';

export interface HttpOptions {
  readonly port: number;
  /** When set, a request without it is refused. */
  readonly token: string | undefined;
  readonly log: (line: string) => void;
}

export interface HttpService extends AsyncDisposable {
  readonly url: string;
}

/**
 * Serves MCP over HTTP on the loopback interface only. The agent's key acts for whoever may call, so a web page that
 * rebinds DNS or posts across origins is refused by Host and Origin, and other users of the machine by the token.
 */
export async function serveHttp(
  factory: McpServerFactory,
  { port, token, log }: HttpOptions,
): Promise<HttpService> {
  const onerror = (error: Error): void => log(`http: ${error.message}`);
  const mcp = createMcpHandler(factory, { onerror });
  const handle = toNodeHandler(mcp, { onerror });
  const isHostAllowed = localhostHostValidation();
  const isOriginAllowed = localhostOriginValidation();
  const server = createServer((request, response) => {
    if (!isHostAllowed(request, response) || !isOriginAllowed(request, response)) return;
    if (request.url?.split('?', 1)[0] !== '/mcp') return refuse(response, 404);
    if (token !== undefined && !hasToken(request, token)) return refuse(response, 401);
    // Same objects; the adapter's type lacks the `undefined` that Node's has.
    void handle(request as NodeIncomingMessageLike, response);
  });
  const url = `http://127.0.0.1:${await listen(server, port)}/mcp`;
  return {
    url,
    async [Symbol.asyncDispose]() {
      await mcp.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new BonafideError('UNAVAILABLE', `Cannot listen on 127.0.0.1:${port}: ${reasonOf(cause)}.`, {
          cause,
        }),
      ),
    );
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

function reasonOf(cause: NodeJS.ErrnoException): string {
  if (cause.code === 'EADDRINUSE') return 'another program uses this port; choose one, or 0 for a free one';
  return cause.code === 'EACCES' ? 'this user may not use this port' : cause.message;
}

function refuse(response: ServerResponse, status: 401 | 404): void {
  if (status === 401) response.setHeader('www-authenticate', 'Bearer');
  response.writeHead(status).end();
}

function hasToken(request: IncomingMessage, token: string): boolean {
  const given = request.headers.authorization ?? '';
  return timingSafeEqual(sha256(given), sha256(`Bearer ${token}`));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
