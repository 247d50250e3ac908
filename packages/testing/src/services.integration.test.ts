import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, secure } from '@bonafide/core';
import type { BonafideError } from '@bonafide/core/errors';
import { createKeyPair, signerFromSeed } from '@bonafide/core/identity';
import { connectAgent, connectService, createServiceFetch, type Session } from '@bonafide/core/session';
import { createGateway, type Gateway } from '@bonafide/gateway';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const MIB = 1_048_576;

let folder: string;
let gateway: Gateway;
let url: string;
let ownerToken: string;
let agent: Session;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-services-'));
  const limit = { perSecond: 10_000, burst: 10_000 };
  gateway = await createGateway({
    database: join(folder, 'gateway.db'),
    logLevel: 'silent',
    port: 0,
    rateLimit: limit,
  });
  ({ url } = await gateway.listen());
  ({ ownerToken } = await gateway.createWorkspace('default'));
  const signer = signerFromSeed(createKeyPair().seed);
  await (await secure('caller', { url, signer }))[Symbol.asyncDispose]();
  agent = await connectAgent({ url, signer });
});
afterAll(async () => {
  await agent.close();
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function service(
  implementation: string,
  handler: Parameters<Session['serve']>[0],
  specifier = 'default',
) {
  const session = await connectService({
    url,
    token: ownerToken,
    implementation,
    specifier,
    reconnect: false,
  });
  opened.push(session);
  session.serve(handler);
  return session;
}

async function causeOf(answer: Promise<unknown>): Promise<BonafideError> {
  const error: unknown = await answer.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TypeError);
  return (error as TypeError).cause as BonafideError;
}

/** A body of so many MiB that tells how much of it was asked for. */
function bigBody(mebibytes: number) {
  let given = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (given === mebibytes) controller.close();
        else controller.enqueue(new Uint8Array(MIB).fill(given % 251));
        given++;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, given: () => given };
}

/** How many bytes, and whether each is what `bigBody` gave. */
async function check(body: ReadableStream<Uint8Array> | null): Promise<{ bytes: number; isRight: boolean }> {
  let bytes = 0;
  let isRight = true;
  for await (const part of body ?? []) {
    isRight &&= part[0] === Math.floor(bytes / MIB) % 251;
    bytes += part.length;
  }
  return { bytes, isRight };
}

describe('HTTP through sessions', () => {
  it('goes to a service and back, with who asks as the gateway knows it', async () => {
    await service('echo', async (request) =>
      Response.json({
        ...{ method: request.method, url: request.url, body: await request.text() },
        headers: Object.fromEntries(request.headers),
      }),
    );
    const response = await agent.fetch('sv://echo/default/v1/things?x=1', {
      ...{ method: 'PUT', body: 'hello' },
      headers: {
        ...{
          traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
          authorization: 'Bearer sk-1',
        },
        ...{
          'bonafide-caller': 'us::admin::1',
          Bonafide_Actor: 'member:admin',
          'x-forwarded-for': '10.0.0.1',
        },
        ...{ 'x-auth-user': 'admin', 'bonafide-on-behalf-of': 'uu::admin' },
      },
    });
    const seen = (await response.json()) as Record<string, unknown> & { headers: Record<string, string> };
    expect(seen).toMatchObject({
      method: 'PUT',
      url: expect.stringMatching(/\/v1\/things\?x=1$/),
      body: 'hello',
    });
    expect(seen.headers).toMatchObject({
      ...{ 'bonafide-caller': 'ag::default::caller::default', 'bonafide-workspace': 'default' },
      ...{
        'bonafide-actor': expect.stringMatching(/^agent:/),
        'bonafide-depth': '1',
        authorization: 'Bearer sk-1',
      },
      traceparent: expect.stringMatching(/^00-0af7/),
    });
    for (const name of ['bonafide_actor', 'x-forwarded-for', 'x-auth-user', 'bonafide-on-behalf-of']) {
      expect(seen.headers).not.toHaveProperty([name]);
    }
  });

  it('streams 50 MiB each way, and holds little of it', async () => {
    await service('store', (request) => new Response(request.body));
    const before = process.memoryUsage().rss;
    let peak = before;
    const sampling = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 20);
    const response = await agent.fetch('sv://store/default/', { method: 'POST', body: bigBody(50).stream });
    expect(await check(response.body)).toEqual({ bytes: 50 * MIB, isRight: true });
    clearInterval(sampling);
    // Client, gateway and service are this one process: all that they hold together, garbage included.
    expect(peak - before).toBeLessThan(200 * MIB);
  });

  it('slows a service to the pace of its reader, and a caller to that of the service', async () => {
    const down = bigBody(20);
    await service('slow', () => new Response(down.stream));
    const response = await agent.fetch('sv://slow/default/');
    // Other exchanges of the same sessions go on meanwhile, each later than what was under way.
    for (let count = 0; count < 20; count++) await agent.workspaces.list();
    expect(down.given()).toBeLessThanOrEqual(3);
    expect(await check(response.body)).toEqual({ bytes: 20 * MIB, isRight: true });
    const release = Promise.withResolvers<void>();
    const up = bigBody(20);
    await service('lazy', async (request) => {
      await release.promise;
      return Response.json(await check(request.body));
    });
    const answer = agent.fetch('sv://lazy/default/', { method: 'POST', body: up.stream });
    for (let count = 0; count < 20; count++) await agent.workspaces.list();
    expect(up.given()).toBeLessThanOrEqual(3);
    release.resolve();
    expect(await (await answer).json()).toEqual({ bytes: 20 * MIB, isRight: true });
  });

  it('tells both sides at once when one gives up', async () => {
    const started = Promise.withResolvers<AbortSignal>();
    await service('abort', (request) => {
      started.resolve(request.signal);
      return new Promise<Response>(() => undefined);
    });
    const controller = new AbortController();
    const answer = agent.fetch('sv://abort/default/', { signal: controller.signal });
    const signal = await started.promise;
    const ended = new Promise((resolve) => signal.addEventListener('abort', resolve));
    controller.abort(new Error('enough'));
    await expect(answer).rejects.toThrow('enough');
    await ended;
  });

  it('ends for both when its time is over', async () => {
    const ended = Promise.withResolvers<unknown>();
    await service('late', (request) => {
      request.signal.addEventListener('abort', () => ended.resolve(request.signal.reason));
      return new Promise<Response>(() => undefined);
    });
    expect(await causeOf(agent.fetch('sv://late/default/', { timeoutMs: 50 }))).toMatchObject({
      code: 'TIMEOUT',
    });
    expect(await ended.promise).toMatchObject({ code: 'TIMEOUT' });
  });

  it('fails at once for a service that is away, and sends it nothing when it comes', async () => {
    const answers = ['sv://away/default/', 'sv://away/*/'].map((to) =>
      causeOf(agent.fetch(to, { method: 'POST' })),
    );
    expect(await Promise.all(answers)).toMatchObject([{ code: 'UNAVAILABLE' }, { code: 'UNAVAILABLE' }]);
    const paths: string[] = [];
    await service('away', ({ url: at }) => {
      paths.push(new URL(at).pathname);
      return new Response();
    });
    await agent.fetch('sv://away/default/now');
    expect(paths).toEqual(['/now']);
  });

  it('fails at once when the service goes in the middle of its answer, and repeats nothing', async () => {
    const first = await service('dying', () => new Response(bigBody(20).stream));
    const response = await agent.fetch('sv://dying/default/one', { method: 'POST' });
    const failed = causeOf(check(response.body));
    await first.close();
    expect(await failed).toMatchObject({ code: 'UNAVAILABLE' });
    const paths: string[] = [];
    await service('dying', ({ url: at }) => {
      paths.push(new URL(at).pathname);
      return new Response();
    });
    await agent.fetch('sv://dying/default/two');
    expect(paths).toEqual(['/two']);
  });

  it('tells the service when the caller goes', async () => {
    const started = Promise.withResolvers<AbortSignal>();
    await service('left', (request) => {
      started.resolve(request.signal);
      return new Promise<Response>(() => undefined);
    });
    const caller = await service('visitor', () => new Response());
    const failed = causeOf(caller.fetch('sv://left/default/'));
    const signal = await started.promise;
    const ended = new Promise((resolve) => signal.addEventListener('abort', resolve));
    await caller.close();
    await ended;
    expect(await failed).toMatchObject({ code: 'CONNECTION_FAILED' });
  });

  it('goes to the instance with least to do', async () => {
    const release = Promise.withResolvers<void>();
    for (const name of ['1', '2', '3']) {
      await service('pool', async () => release.promise.then(() => new Response(name)), name);
    }
    const answers = ['a', 'b', 'c'].map((path) => agent.fetch(`sv://pool/*/${path}`));
    for (let count = 0; count < 5; count++) await agent.workspaces.list();
    release.resolve();
    const names = await Promise.all(answers.map(async (answer) => (await answer).text()));
    expect(names.sort()).toEqual(['1', '2', '3']);
  });

  it('asks the acl: reading needs less than writing, and other workspaces see nothing', async () => {
    await service('guarded', () => new Response('in'));
    const owner = connect({ url, token: ownerToken });
    const rule = {
      principalType: 'agent',
      principalId: 'ag::default::caller::*',
      resourceType: 'service',
    } as const;
    const { ruleId } = await owner.acl.createRule({ ...rule, resourceId: 'sv::guarded::*', level: 10 });
    expect(await (await agent.fetch('sv://guarded/default/')).text()).toBe('in');
    for (const to of ['sv://guarded/default/', 'sv://guarded/*/']) {
      expect(await causeOf(agent.fetch(to, { method: 'POST' }))).toMatchObject({ code: 'FORBIDDEN' });
    }
    await owner.acl.deleteRule({ ruleId });
    const { ownerToken: otherToken } = await gateway.createWorkspace('other');
    const other = await connectService({ url, token: otherToken, implementation: 'x' });
    opened.push(other);
    expect(await causeOf(other.fetch('sv://guarded/default/'))).toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('says on whose behalf, when a grant lets it', async () => {
    await service('obo', ({ headers }) => Response.json({ for: headers.get('bonafide-on-behalf-of') }));
    const owner = connect({ url, token: ownerToken });
    const { grantId, subject } = await owner.grants.create({
      ...{ delegate: 'ag::default::caller::default', operations: ['services.request'] },
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
    });
    const response = await agent.fetch('sv://obo/default/', { method: 'POST', body: 'x', grantId });
    expect(await response.json()).toEqual({ for: `uu::${subject}` });
    await owner.grants.revoke({ grantId });
    expect(await causeOf(agent.fetch('sv://obo/default/', { grantId }))).toMatchObject({ code: 'FORBIDDEN' });
    expect(await (await agent.fetch('sv://obo/default/')).json()).toEqual({ for: null });
  });

  it('ends a loop of services that pass their headers on', async () => {
    const session: { me?: Session } = {};
    let calls = 0;
    session.me = await service('loop', async ({ headers }) => {
      calls++;
      const next = await session.me?.fetch('sv://loop/default/', { headers });
      return new Response(next?.body ?? null, { status: next?.status ?? 500 });
    });
    session.me.on('error', () => undefined);
    expect((await agent.fetch('sv://loop/default/')).status).toBe(500);
    expect(calls).toBe(8);
  });
});

describe('a local server behind a session', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      request.resume();
      request.on('end', () =>
        response.end(JSON.stringify({ path: request.url, caller: request.headers['bonafide-caller'] })),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  it('is reached by clients with a base URL of their own', async () => {
    await service('local', new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/base`));
    const fetch = createServiceFetch(agent, 'sv::local::default');
    const response = await fetch('http://ignored/v1/x', { method: 'POST', body: '{}' });
    expect(await response.json()).toEqual({ path: '/base/v1/x', caller: 'ag::default::caller::default' });
  });

  it('is reached in one call without a session', async () => {
    await service('local', new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    const owner = connect({ url, token: ownerToken });
    const answer = await owner.services.request({
      to: 'sv::local::default',
      path: '/whole',
      method: 'POST',
      body: 'aGk=',
    });
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(atob(answer.body))).toMatchObject({
      path: '/whole',
      caller: expect.stringMatching(/^us::/),
    });
    const large = { to: 'sv::large::default', path: '/' };
    await service('large', () => new Response(bigBody(2).stream));
    await expect(owner.services.request(large)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  });

  it('gets a request that was sent again under the same key once', async () => {
    let calls = 0;
    await service('once', () => {
      calls++;
      return new Response('done');
    });
    const body = JSON.stringify({ to: 'sv::once::default', path: '/', method: 'POST' });
    const headers = {
      authorization: `Bearer ${ownerToken}`,
      'content-type': 'application/json',
      'idempotency-key': 'k',
    };
    const send = () => fetch(`${url}/v1/services/request`, { method: 'POST', headers, body });
    expect([(await send()).status, (await send()).status]).toEqual([200, 409]);
    expect(calls).toBe(1);
  });
});
