import { request } from 'node:http';
import type { Invoker } from '@bonafide/core';
import { BonafideError } from '@bonafide/core/errors';
import { afterEach, describe, expect, it } from 'vitest';
import { type HttpService, serveHttp } from './http.ts';
import { createMcpServer } from './index.ts';
import { clients } from './test-clients.ts';

const TOKEN = 'local-token-0123456789';
const balance = { address: `0x${'11'.repeat(20)}`, amountUsdc: '12.50' };
const invoker: Invoker = {
  invoke: async () => balance,
  stream() {
    throw new BonafideError('UNSUPPORTED', 'Streams are not tools.');
  },
};

const services: HttpService[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service[Symbol.asyncDispose]();
});

async function start(token?: string): Promise<HttpService> {
  const service = await serveHttp(() => createMcpServer(invoker), { port: 0, token, log: () => {} });
  services.push(service);
  return service;
}

/** Status of a tools/list sent with these headers; node:http, because fetch does not let Host be forged. */
function statusOf(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const post = request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
    });
    post.on('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    post.on('error', reject);
    post.end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }));
  });
}

describe.each(clients)('%s over HTTP', (_, connect) => {
  it('lists and calls tools', async () => {
    const { url } = await start();
    await using client = await connect({ url });
    const tools = await client.list();
    expect(tools.map(({ name }) => name)).toContain('usdc_get_balance');
    expect(tools.every(({ annotations, outputSchema }) => annotations && outputSchema)).toBe(true);
    expect(await client.call('usdc_get_balance', { address: balance.address })).toMatchObject({
      structuredContent: balance,
      content: [{ type: 'text', text: JSON.stringify(balance) }],
    });
  });

  it('needs the token when one is set', async () => {
    const { url } = await start(TOKEN);
    await expect(connect({ url })).rejects.toThrow();
    await using client = await connect({ url, token: TOKEN });
    expect((await client.list()).length).toBeGreaterThan(0);
  });
});

describe('serveHttp', () => {
  it('listens on the loopback interface only', async () => {
    expect((await start()).url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/mcp$/);
  });

  it.each([
    ['nothing unusual', {}, 200],
    ['a local page', { origin: 'http://localhost:3000' }, 200],
    ['a rebound host name', { host: 'evil.example' }, 403],
    ['a rebound host name with the port', { host: 'evil.example:4660' }, 403],
    ['a foreign page', { origin: 'https://evil.example' }, 403],
    ['an opaque origin', { origin: 'null' }, 403],
    ['a look-alike', { host: 'localhost.evil.example' }, 403],
    ['a simple form post', { 'content-type': 'text/plain' }, 415],
  ])('answers %s', async (_, headers, status) => {
    const { url } = await start();
    expect(await statusOf(url, headers)).toBe(status);
  });

  it.each([
    ['no token', {}, 401],
    ['another token', { authorization: 'Bearer local-token-0123456780' }, 401],
    ['the token under another scheme', { authorization: `Basic ${TOKEN}` }, 401],
    ['the token', { authorization: `Bearer ${TOKEN}` }, 200],
  ])('answers %s', async (_, headers, status) => {
    const { url } = await start(TOKEN);
    expect(await statusOf(url, headers)).toBe(status);
  });

  it('serves nothing beside /mcp', async () => {
    const { url } = await start();
    expect(await statusOf(url.replace('/mcp', '/'), {})).toBe(404);
  });

  it('says which port is taken', async () => {
    const { url } = await start();
    const taken = { port: Number(new URL(url).port), token: undefined, log: () => {} };
    await expect(serveHttp(() => createMcpServer(invoker), taken)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('another program uses this port'),
    });
  });
});
