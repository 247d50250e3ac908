import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import ky from 'ky';
import { afterEach, describe, expect, it } from 'vitest';
import { joinLinks, type TestLink } from '../../test-support/proxy-links.ts';
import { BonafideError } from '../errors.ts';
import { toProblem } from '../problem.ts';
import { WINDOW_BYTES } from './proxy-body.ts';
import { createProxyClient, createServiceFetch, type ServiceFetch } from './proxy-client.ts';
import { createProxyServer } from './proxy-serve.ts';
import type { ServiceHandler } from './types.ts';

interface Pair {
  readonly fetch: ServiceFetch;
  readonly serve: ReturnType<typeof createProxyServer>;
  readonly client: TestLink;
  readonly service: TestLink;
}

function pairOf(handler?: ServiceHandler | URL): Pair {
  const { client, service } = joinLinks();
  const serve = createProxyServer(service);
  if (handler) serve(handler);
  return { fetch: createProxyClient(client), serve, client, service };
}

const URL_OF_SERVICE = 'sv://memory/default/v1/items?a=1';

function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => index % 251);
}

/** A body that tells how much of it was asked for. */
function countedBody(
  total: number,
  piece = 50_000,
): { stream: ReadableStream<Uint8Array>; read: () => number } {
  let given = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const length = Math.min(piece, total - given);
        if (length === 0) controller.close();
        else controller.enqueue(new Uint8Array(length).fill(7));
        given += length;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, read: () => given };
}

/** Resolves once it holds; each turn of the event loop is one look. */
async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100_000 && !condition(); turn++) await new Promise(setImmediate);
  expect(condition()).toBe(true);
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
};

async function failureOf(answer: Promise<unknown>): Promise<TypeError & { cause: BonafideError }> {
  const error = await answer.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TypeError);
  return error as TypeError & { cause: BonafideError };
}

const disposals: (() => void)[] = [];
afterEach(() => {
  for (const dispose of disposals.splice(0)) dispose();
});

describe('fetch over a session', () => {
  it('carries method, path, headers and bodies there and back', async () => {
    const { fetch } = pairOf(async (request) => {
      const { pathname, search } = new URL(request.url);
      const body = await request.json();
      return Response.json(
        { method: request.method, path: pathname + search, custom: request.headers.get('x-custom'), body },
        {
          status: 201,
          headers: [
            ['set-cookie', 'a=1'],
            ['set-cookie', 'b=2'],
          ],
        },
      );
    });
    const headers = { 'x-custom': 'yes', 'content-type': 'application/json' };
    const response = await fetch(URL_OF_SERVICE, { method: 'POST', headers, body: '{"n":1}' });
    expect(response.status).toBe(201);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.json()).toEqual({
      ...{ method: 'POST', path: '/v1/items?a=1', custom: 'yes', body: { n: 1 } },
    });
  });

  it('takes a string, a URL and a Request', async () => {
    const { fetch } = pairOf(async (request) => new Response(`${request.method} ${await request.text()}`));
    const given = [
      URL_OF_SERVICE,
      new URL(URL_OF_SERVICE),
      'http://sv::memory::default/v1',
      new Request(URL_OF_SERVICE, { method: 'PUT', body: 'x' }),
    ];
    const texts = await Promise.all(given.map(async (input) => (await fetch(input)).text()));
    expect(texts).toEqual(['GET ', 'GET ', 'GET ', 'PUT x']);
  });

  it('gives empty answers as fetch does', async () => {
    const { fetch } = pairOf(({ method, url }) =>
      method === 'HEAD'
        ? new Response('not sent')
        : new Response(null, { status: url.endsWith('4') ? 204 : 304 }),
    );
    expect(await (await fetch('sv://a/b/', { method: 'HEAD' })).text()).toBe('');
    expect((await fetch('sv://a/b/204')).status).toBe(204);
    expect((await fetch('sv://a/b/304')).body).toBeNull();
  });

  it('streams large bodies both ways unchanged', async () => {
    const { fetch } = pairOf((request) => new Response(request.body));
    const bytes = bytesOf(3_000_001);
    const response = await fetch(URL_OF_SERVICE, { method: 'POST', body: bytes });
    expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true);
  });

  it('reads no more of a body than the other side takes', async () => {
    const source = countedBody(10_000_000);
    const release = Promise.withResolvers<void>();
    const { fetch } = pairOf(async (request) => {
      await release.promise;
      return new Response(String((await request.arrayBuffer()).byteLength));
    });
    const answer = fetch(URL_OF_SERVICE, { method: 'POST', body: source.stream });
    await until(() => source.read() >= WINDOW_BYTES);
    await turns(50);
    expect(source.read()).toBeLessThanOrEqual(WINDOW_BYTES + 50_000);
    release.resolve();
    expect(await (await answer).text()).toBe('10000000');
  });

  it('slows a service whose answer is not read', async () => {
    const source = countedBody(10_000_000);
    const { fetch } = pairOf(() => new Response(source.stream));
    const response = await fetch(URL_OF_SERVICE);
    await until(() => source.read() >= WINDOW_BYTES);
    await turns(50);
    expect(source.read()).toBeLessThanOrEqual(WINDOW_BYTES + 50_000);
    expect((await response.arrayBuffer()).byteLength).toBe(10_000_000);
  });

  it('ends at once on both sides when its signal does', async () => {
    const started = Promise.withResolvers<AbortSignal>();
    const { fetch } = pairOf((request) => {
      started.resolve(request.signal);
      return new Promise<Response>(() => undefined);
    });
    const controller = new AbortController();
    const answer = fetch(URL_OF_SERVICE, { signal: controller.signal });
    const signal = await started.promise;
    const why = new Error('changed my mind');
    controller.abort(why);
    await expect(answer).rejects.toBe(why);
    await until(() => signal.aborted);
    await expect(fetch(URL_OF_SERVICE, { signal: controller.signal })).rejects.toBe(why);
  });

  it('ends the stream of an answer when its signal does, or when its reader goes', async () => {
    const signals: AbortSignal[] = [];
    const { fetch } = pairOf((request) => {
      signals.push(request.signal);
      return new Response(countedBody(10_000_000).stream);
    });
    const controller = new AbortController();
    const aborted = await fetch(URL_OF_SERVICE, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(aborted.text()).rejects.toThrow('enough');
    const left = await fetch(URL_OF_SERVICE);
    await left.body?.cancel();
    await until(() => signals.length === 2 && signals.every((signal) => signal.aborted));
  });

  it('fails as fetch fails, with our error as the cause', async () => {
    const { fetch, client } = pairOf();
    const { message, cause } = await failureOf(fetch(URL_OF_SERVICE));
    expect(message).toContain('fetch failed');
    expect(cause).toMatchObject({ code: 'UNAVAILABLE' });
    const answer = failureOf(fetch(URL_OF_SERVICE));
    const refused = toProblem(new BonafideError('FORBIDDEN', 'no'));
    client.receive({ t: 'abort', n: 2, problem: refused });
    expect((await answer).cause).toMatchObject({ code: 'FORBIDDEN', message: 'no' });
  });

  it('fails when the connection is lost, and sends nothing again', async () => {
    const { fetch, client } = pairOf(() => new Promise(() => undefined));
    const answer = failureOf(fetch(URL_OF_SERVICE));
    const before = client.sent.length;
    client.lose();
    expect((await answer).cause).toMatchObject({ code: 'CONNECTION_FAILED' });
    expect((await failureOf(fetch(URL_OF_SERVICE))).cause.message).toContain('Nothing was sent');
    expect(client.sent).toHaveLength(before);
  });

  it('fails when the stream of its body does', async () => {
    const { fetch } = pairOf(async (request) => new Response(await request.text()));
    const body = new ReadableStream({
      pull(controller) {
        controller.error(new Error('disk gone'));
      },
    });
    await expect(fetch(URL_OF_SERVICE, { method: 'POST', body })).rejects.toThrow('disk gone');
  });

  it('says how long it may take, and for whom it is', async () => {
    const { fetch, client } = pairOf(() => new Response());
    await fetch(URL_OF_SERVICE, { timeoutMs: 1234, grantId: 'g' });
    expect(client.sent[0]?.frame).toMatchObject({
      t: 'request',
      timeoutMs: 1234,
      grant: 'g',
      hasBody: false,
    });
  });
});

describe('fetch of one service', () => {
  it('works for clients that insist on a base URL', async () => {
    const { fetch, client } = pairOf(async (request) =>
      Response.json({ path: new URL(request.url).pathname, body: await request.text() }),
    );
    const service = createServiceFetch({ fetch }, 'sv::acme/memory::default');
    const http = ky.create({ baseUrl: 'http://ignored/v1/', fetch: service, retry: 0 });
    expect(await http.post('items', { json: { a: 1 } }).json()).toEqual({
      path: '/v1/items',
      body: '{"a":1}',
    });
    expect(client.sent[0]?.frame).toMatchObject({ to: 'sv::acme/memory::default', method: 'POST' });
    const direct = ky.create({ fetch, retry: 0 });
    expect(await direct.get('sv://memory/default/x').json()).toMatchObject({ path: '/x' });
  });

  it('works for clients that call a fetch of theirs with URL and options, and read events', async () => {
    const events = ['data: {"a":1}\n\n', 'data: [DONE]\n\n'];
    const left = [...events];
    const { fetch } = pairOf((request) => {
      expect(request.headers.get('authorization')).toBe('Bearer sk-mine');
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          const event = left.shift();
          if (event === undefined) controller.close();
          else controller.enqueue(new TextEncoder().encode(event));
        },
      });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    });
    const options = { baseURL: 'http://ignored/v1', fetch: createServiceFetch({ fetch }, 'sv::llm') };
    const response = await options.fetch(`${options.baseURL}/chat/completions`, {
      ...{ method: 'post', headers: { authorization: 'Bearer sk-mine' }, body: '{"stream":true}' },
      signal: new AbortController().signal,
    });
    const seen: string[] = [];
    for await (const part of response.body ?? []) seen.push(new TextDecoder().decode(part));
    expect(seen).toEqual(events);
  });
});

describe('serve over a session', () => {
  it('answers 500 without saying why when the handler throws, and reports it', async () => {
    const { fetch, service } = pairOf(() => {
      throw new Error('secret of the service');
    });
    const response = await fetch(URL_OF_SERVICE);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(service.reported).toHaveLength(1);
  });

  it('gives the caller up when its answer breaks off', async () => {
    const { fetch } = pairOf(() => {
      let isFirst = true;
      const body = new ReadableStream({
        pull(controller) {
          if (isFirst) controller.enqueue(new Uint8Array(10));
          else controller.error(new Error('broken'));
          isFirst = false;
        },
      });
      return new Response(body);
    });
    const response = await fetch(URL_OF_SERVICE);
    const { cause } = await failureOf(response.text());
    expect(cause).toMatchObject({ code: 'INTERNAL' });
  });

  it('serves once at a time, and no more after it is disposed of', async () => {
    const { fetch, serve } = pairOf();
    const serving = serve(() => new Response('a'));
    expect(() => serve(() => new Response('b'))).toThrow('serves already');
    expect(await (await fetch(URL_OF_SERVICE)).text()).toBe('a');
    serving[Symbol.dispose]();
    expect((await failureOf(fetch(URL_OF_SERVICE))).cause.code).toBe('UNAVAILABLE');
    serve(() => new Response('b'));
    expect(await (await fetch(URL_OF_SERVICE)).text()).toBe('b');
  });

  it('stops what runs when the connection is lost', async () => {
    const started = Promise.withResolvers<AbortSignal>();
    const { fetch, service, client } = pairOf((request) => {
      started.resolve(request.signal);
      return new Promise<Response>(() => undefined);
    });
    const answer = failureOf(fetch(URL_OF_SERVICE));
    const signal = await started.promise;
    service.lose();
    expect(signal.aborted).toBe(true);
    client.lose();
    await answer;
  });

  it('forwards to a server under the path of its URL, and to no other', async () => {
    const server = createServer((request, response) => {
      response
        .setHeader('x-hop', 'kept')
        .setHeader('location', '/elsewhere')
        .setHeader('keep-alive', 'timeout=9');
      response.writeHead(request.url?.endsWith('/moved') ? 302 : 200);
      const { 'bonafide-caller': caller, host, connection } = request.headers;
      request.setEncoding('utf8');
      let body = '';
      request.on('data', (text: string) => {
        body += text;
      });
      request.on('end', () =>
        response.end(JSON.stringify({ url: request.url, caller, host, connection, body })),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    disposals.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const { fetch } = pairOf(new URL(`http://127.0.0.1:${port}/api/`));
    const response = await fetch('sv://a/b/../x?q=1', {
      ...{ method: 'POST', body: 'hello', headers: { 'bonafide-caller': 'ag::default::a::b' } },
    });
    expect(await response.json()).toMatchObject({
      ...{ url: '/api/x?q=1', caller: 'ag::default::a::b', host: `127.0.0.1:${port}`, body: 'hello' },
    });
    expect(response.headers.get('x-hop')).toBe('kept');
    expect(response.headers.has('keep-alive')).toBe(false);
    for (const path of [
      '//evil.example/x',
      '/%2e%2e/admin',
      '/..%2f..%2fadmin',
      '/\\evil.example',
      '/@evil.example/',
    ]) {
      const { url } = (await (await fetch(`sv://a/b${path}`)).json()) as { url: string };
      expect(url.startsWith('/api/')).toBe(true);
    }
    const moved = await fetch('sv://a/b/moved');
    expect([moved.status, moved.headers.get('location')]).toEqual([302, '/elsewhere']);
  });

  it('answers 502 when nothing listens there', async () => {
    const { fetch } = pairOf(new URL('http://127.0.0.1:9/'));
    expect((await fetch(URL_OF_SERVICE)).status).toBe(502);
  });
});
