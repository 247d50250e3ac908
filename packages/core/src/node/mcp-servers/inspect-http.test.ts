import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BonafideError } from '../../errors.ts';
import { inspect } from './inspect.ts';

const SECRET = 'hunter2-very-secret';
const servers: Server[] = [];

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

function build(): McpServer {
  const server = new McpServer({ name: 'remote', version: '2.0.0' }, { capabilities: { tools: {} } });
  server.registerTool('find', { description: 'Finds.', inputSchema: z.object({}) }, () => ({ content: [] }));
  return server;
}

async function mcpServer(onRequest: (request: IncomingMessage) => void = () => undefined): Promise<string> {
  const handle = toNodeHandler(createMcpHandler(build));
  return listen((request, response) => {
    onRequest(request);
    void handle(request as Parameters<typeof handle>[0], response);
  });
}

const ask = (url: string, options = {}) =>
  inspect({ type: 'http', url, headers: { 'X-Api-Key': SECRET } }, { timeoutMs: 30_000, ...options });

async function failureOf(work: Promise<unknown>): Promise<BonafideError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!BonafideError.is(error)) throw new Error(`no BonafideError: ${String(error)}`);
  expect(JSON.stringify([error.message, error.details, String(error.cause)])).not.toContain(SECRET);
  return error;
}

describe('asking a server over HTTP', () => {
  it('sends it the headers and the user of the URL, and keeps both to itself', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const url = await mcpServer(({ headers }) => seen.push(headers));
    const manifest = await ask(`${url.replace('//', `//u:${SECRET}@`)}/mcp?key=${SECRET}`);
    expect(manifest).toMatchObject({
      transport: { type: 'http', url: `${url}/mcp`, headerNames: ['X-Api-Key'] },
      ...{ serverName: 'remote', tools: [{ name: 'find', description: 'Finds.' }] },
    });
    expect(JSON.stringify(manifest)).not.toContain(SECRET);
    const basic = `Basic ${Buffer.from(`u:${SECRET}`).toString('base64')}`;
    for (const headers of seen) expect(headers).toMatchObject({ 'x-api-key': SECRET, authorization: basic });
  });

  it('follows no redirect, which would take the headers elsewhere', async () => {
    const elsewhere: unknown[] = [];
    const target = await mcpServer((request) => elsewhere.push(request));
    const url = await listen((_, response) => response.writeHead(307, { location: target }).end());
    expect((await failureOf(ask(url))).code).toBe('CONNECTION_FAILED');
    expect(elsewhere).toEqual([]);
  });

  it.each([
    [401, 'give the headers it needs'],
    [404, 'may not be the URL of an MCP server'],
    [500, 'It answered 500'],
  ])('says what an answer of %i means, without what it echoes', async (status, message) => {
    const url = await listen((request, response) =>
      response.writeHead(status).end(`bad key ${request.headers['x-api-key']}`),
    );
    const error = await failureOf(ask(url));
    expect([error.code, error.message]).toEqual(['CONNECTION_FAILED', expect.stringContaining(message)]);
    expect(error.details).toMatchObject({ status });
  });

  it('says that nobody is there, that it is no MCP, that it never answers, that it never ends', async () => {
    const gone = await listen(() => undefined);
    servers.pop()?.close();
    const page = await listen((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    );
    const silent = await listen(() => undefined);
    const endless = await listen((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const write = () => response.write('x'.repeat(1024 * 1024), (error) => error ?? setImmediate(write));
      write();
    });
    expect((await failureOf(ask(gone))).code).toBe('CONNECTION_FAILED');
    expect((await failureOf(ask(page))).code).toBe('CONNECTION_FAILED');
    expect((await failureOf(ask(silent, { timeoutMs: 200 }))).code).toBe('TIMEOUT');
    expect((await failureOf(ask(endless))).message).toContain('more than 8 MiB');
  });

  it('is only for http and https', async () => {
    for (const url of ['ftp://x.test', 'file:///etc/passwd', 'nothing'])
      expect((await failureOf(ask(url))).code).toBe('VALIDATION_FAILED');
  });
});
