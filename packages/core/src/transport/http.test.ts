import { afterEach, describe, expect, it } from 'vitest';
import {
  type Answer,
  hangUp,
  json,
  problem,
  type ScriptedServer,
  silence,
  startScriptedServer,
} from '../../test-support/scripted-server.ts';
import { AuthenticationError, BonafideError, errorCodes } from '../errors.ts';
import { createKeyPair, signerFromSeed, verifyRequest } from '../identity/index.ts';
import { operations } from '../operations/index.ts';
import { callRemote } from './http.ts';
import { createTransport, type RequestEvent, type TransportOptions } from './transport.ts';

const { agents, artifacts, audit, gateway, jobs, tokens } = operations;
const healthy = { status: 'ok', storage: 'ok', chain: 'absent' };
const secret = {
  tokenId: crypto.randomUUID(),
  workspace: 'default',
  name: 'ci',
  role: 'reader',
  createdAt: '2026-01-01T00:00:00Z',
  secret: 'shown-once',
};
const newToken = { name: 'ci', role: 'reader' };

// With this backoff a test that should not wait for it would run into its own time limit.
const NEVER_MS = 3_600_000;
const quick = { baseDelayMs: 0 };
const never = { baseDelayMs: NEVER_MS, maxDelayMs: NEVER_MS };

let server: ScriptedServer;
afterEach(() => server[Symbol.asyncDispose]());

async function transportTo(script: readonly Answer[], options: Partial<TransportOptions> = {}) {
  server = await startScriptedServer(...script);
  return createTransport({ url: server.url, retry: quick, random: () => 0.999, ...options });
}

async function failure(promise: Promise<unknown>): Promise<BonafideError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (BonafideError.is(error)) return error;
  throw new Error(`Expected a BonafideError, got ${String(error)}.`, { cause: error });
}

describe('the request', () => {
  it('puts path fields into the path and the rest of a GET into the query, arrays repeated', async () => {
    const transport = await transportTo([json({ items: [] })]);
    const input = { actor: 'agent:ä/&', limit: 5 };
    await callRemote(transport, { operation: audit.list, input });
    const stream = { ...operations.events.stream, kind: 'remote' as const, output: audit.list.output };
    await callRemote(transport, { operation: stream, input: { types: ['a.*', 'b'], subject: 'x y' } });
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /v1/audit?actor=agent%3A%C3%A4%2F%26&limit=5',
      'GET /v1/events?types=a.*&types=b&subject=x+y',
    ]);
  });

  it('sends the rest of a write as JSON', async () => {
    const transport = await transportTo([problem('NOT_FOUND', 404)]);
    const agentId = crypto.randomUUID();
    await failure(callRemote(transport, { operation: agents.revoke, input: { agentId, reason: 'lost' } }));
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', url: `/v1/agents/${agentId}/revoke` });
    expect(JSON.parse(String(request?.body))).toEqual({ reason: 'lost' });
  });

  it('keeps the path prefix of the base URL', async () => {
    server = await startScriptedServer(json(healthy));
    const transport = createTransport({ url: `${server.url}/gateway` });
    await callRemote(transport, { operation: gateway.getHealth, input: {} });
    expect(server.requests[0]?.url).toBe('/gateway/v1/health');
  });

  it('refuses bad input before anything is sent, naming every field', async () => {
    const transport = await transportTo([json(healthy)]);
    const input = { agentId: 'not-an-id', extra: 1, reason: 5 };
    const error = await failure(callRemote(transport, { operation: agents.revoke, input }));
    expect(error.code).toBe('VALIDATION_FAILED');
    expect(error.details.issues).toEqual([
      { path: 'agentId', message: expect.any(String) },
      { path: 'reason', message: expect.any(String) },
      { path: 'extra', message: 'is not a known field' },
    ]);
    expect(server.requests).toHaveLength(0);
  });

  it('refuses base URLs that hold credentials or are not http, without repeating them', () => {
    for (const url of [
      'ftp://gateway.example',
      'https://me:hunter2@gateway.example',
      'gateway',
      'https://g.example/?a',
    ]) {
      expect(() => createTransport({ url })).toThrow(/must look like/);
      expect(() => createTransport({ url })).not.toThrow(/hunter2/);
    }
  });
});

describe('authentication', () => {
  it('signs every attempt anew under one idempotency key', async () => {
    const signer = signerFromSeed(createKeyPair().seed);
    const busy = problem('UNAVAILABLE', 503);
    const transport = await transportTo([busy, busy, json(secret)], { signer });
    await callRemote(transport, { operation: tokens.create, input: newToken });
    const claims = await Promise.all(
      server.requests.map((request) => verifyRequest(request, { authority: server.authority })),
    );
    expect(claims.map(({ did }) => did)).toEqual([signer.did, signer.did, signer.did]);
    expect(new Set(claims.map(({ nonce }) => nonce)).size).toBe(3);
    const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(keys).size).toBe(1);
  });

  it('makes a signature that a tampered request does not fit', async () => {
    const signer = signerFromSeed(createKeyPair().seed);
    const transport = await transportTo([json(secret)], { signer });
    await callRemote(transport, { operation: tokens.create, input: newToken });
    const [request] = server.requests;
    if (!request) throw new Error('Nothing was sent.');
    const { authority } = server;
    const tampered = [
      { ...request, url: '/v1/tokens?role=owner' },
      { ...request, method: 'PATCH' },
      { ...request, body: Buffer.from(String(request.body).replace('reader', 'owner_')) },
      { ...request, headers: { ...request.headers, 'idempotency-key': 'another' } },
    ];
    for (const each of tampered) {
      await expect(verifyRequest(each, { authority })).rejects.toThrow(AuthenticationError);
    }
    await expect(verifyRequest(request, { authority: 'other.example' })).rejects.toThrow(AuthenticationError);
  });

  it('names a signer that fails, and sends nothing', async () => {
    const cause = new Error('HSM is locked');
    const { did } = createKeyPair();
    const transport = await transportTo([json(healthy)], {
      signer: { did, sign: () => Promise.reject(cause) },
    });
    const error = await failure(callRemote(transport, { operation: gateway.getHealth, input: {} }));
    expect(error).toMatchObject({ name: 'AuthenticationError', details: { reason: 'signer-failed' }, cause });
    expect(server.requests).toHaveLength(0);
  });

  it('passes on what a signer says in our own words', async () => {
    const refused = new BonafideError('UNAVAILABLE', 'the KMS is away');
    const { did } = createKeyPair();
    const signer = { did, sign: () => Promise.reject(refused) };
    const transport = await transportTo([json(healthy)], { signer });
    expect(await failure(callRemote(transport, { operation: gateway.getHealth, input: {} }))).toBe(refused);
  });

  it('sends a token as Bearer, and never both', async () => {
    const transport = await transportTo([json(healthy)], { token: 'abc' });
    await callRemote(transport, { operation: gateway.getHealth, input: {} });
    expect(server.requests[0]?.headers.authorization).toBe('Bearer abc');
    const signer = signerFromSeed(createKeyPair().seed);
    expect(() => createTransport({ url: server.url, token: 'abc', signer })).toThrow(/not both/);
  });

  it('follows no redirect, which could carry a token to another host', async () => {
    const redirect: Answer = ({ response }) =>
      void response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end();
    const transport = await transportTo([redirect], { token: 'abc' });
    const error = await failure(callRemote(transport, { operation: gateway.getHealth, input: {} }));
    expect(error.code).toBe('UNSUPPORTED');
    expect(server.requests).toHaveLength(1);
  });
});

describe('retries', () => {
  it.each([
    ['a lost connection', hangUp],
    ['429', problem('RATE_LIMITED', 429)],
    ['503', problem('UNAVAILABLE', 503)],
    ['504', problem('TIMEOUT', 504)],
    ['a first attempt still in progress', problem('IN_PROGRESS', 409)],
    ['an answer cut off half-way', cutOff],
  ])('tries again after %s', async (_, first) => {
    const transport = await transportTo([first, json(secret)]);
    await callRemote(transport, { operation: tokens.create, input: newToken });
    expect(server.requests).toHaveLength(2);
  });

  it.each([
    ['400', problem('VALIDATION_FAILED', 400)],
    ['401', problem('REPLAYED', 401)],
    ['403', problem('FORBIDDEN', 403)],
    ['409', problem('CONFLICT', 409)],
    ['500', problem('INTERNAL', 500)],
    ['502', json({}, 502)],
    ['a broken body', ({ response }) => void response.end('{')] satisfies [string, Answer],
    ['an answer of the wrong shape', json({ status: 'fine' })],
  ] satisfies [string, Answer][])('never after %s', async (_, answer) => {
    const transport = await transportTo([answer]);
    await failure(callRemote(transport, { operation: gateway.getHealth, input: {} }));
    expect(server.requests).toHaveLength(1);
  });

  it('stops at its limit with the last error', async () => {
    const transport = await transportTo([problem('UNAVAILABLE', 503)], { retry: { ...quick, limit: 3 } });
    const error = await failure(callRemote(transport, { operation: gateway.getHealth, input: {} }));
    expect(error.code).toBe('UNAVAILABLE');
    expect(server.requests).toHaveLength(4);
  });

  it('comes back when Retry-After says, not after its own backoff', async () => {
    const now = problem('UNAVAILABLE', 503, { headers: { 'retry-after': '0' } });
    const past = problem('RATE_LIMITED', 429, {
      headers: { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' },
    });
    const transport = await transportTo([now, past, json(healthy)], { retry: never });
    await callRemote(transport, { operation: gateway.getHealth, input: {} });
    expect(server.requests).toHaveLength(3);
  });

  it('caps Retry-After', async () => {
    const later = problem('UNAVAILABLE', 503, { headers: { 'retry-after': '86400' } });
    const transport = await transportTo([later, json(healthy)], { retry: { ...never, maxRetryAfterMs: 1 } });
    await callRemote(transport, { operation: gateway.getHealth, input: {} });
    expect(server.requests).toHaveLength(2);
  });

  it('says when to come back instead of waiting beyond the deadline', async () => {
    const later = problem('RATE_LIMITED', 429, { headers: { 'retry-after': '60' } });
    const transport = await transportTo([later], { retry: { maxRetryAfterMs: 60_000 } });
    const error = await failure(callRemote(transport, { operation: gateway.getHealth, input: {} }));
    expect(error).toMatchObject({ name: 'RateLimitError', retryAfterMs: 60_000 });
  });
});

describe('limits', () => {
  it('calls a write that had no answer unknown, and gives its key to repeat it', async () => {
    const transport = await transportTo([silence], { timeoutMs: 30 });
    const call = { operation: tokens.create, input: newToken, idempotencyKey: 'mine' };
    const error = await failure(callRemote(transport, call));
    expect(error).toMatchObject({ name: 'TimeoutError', details: { idempotencyKey: 'mine' } });
    expect(error.message).toMatch(/unknown: repeat it with the same idempotencyKey/);
  });

  it('calls a query that had no answer timed out', async () => {
    const transport = await transportTo([silence]);
    const error = await failure(
      callRemote(transport, { operation: gateway.getHealth, input: {}, timeoutMs: 30 }),
    );
    expect(error.name).toBe('TimeoutError');
    expect(error.details).not.toHaveProperty('idempotencyKey');
  });

  it('times out while it waits for a retry too', async () => {
    const transport = await transportTo([hangUp], { retry: never, timeoutMs: 30 });
    const error = await failure(callRemote(transport, { operation: gateway.getHealth, input: {} }));
    expect(error.name).toBe('TimeoutError');
  });

  it('gives the key of a write whose connection broke', async () => {
    const transport = await transportTo([hangUp], { retry: { limit: 0 } });
    const error = await failure(callRemote(transport, { operation: tokens.create, input: newToken }));
    expect(error).toMatchObject({
      name: 'ConnectionError',
      details: { idempotencyKey: server.requests[0]?.headers['idempotency-key'] },
    });
  });

  it('rejects with the reason of the caller and hangs up', async () => {
    const controller = new AbortController();
    const closed = Promise.withResolvers<void>();
    const abort: Answer = ({ response }) => {
      response.on('close', closed.resolve);
      controller.abort(new Error('changed my mind'));
    };
    const transport = await transportTo([abort]);
    const call = { operation: gateway.getHealth, input: {}, signal: controller.signal };
    await expect(callRemote(transport, call)).rejects.toThrow('changed my mind');
    await closed.promise;
  });

  it('reads no more than its limit', async () => {
    const transport = await transportTo([json({ pad: 'x'.repeat(5000) })], { maxResponseBytes: 1000 });
    const error = await failure(callRemote(transport, { operation: gateway.getHealth, input: {} }));
    expect(error.code).toBe('PAYLOAD_TOO_LARGE');
  });
});

describe('the answer', () => {
  it('drops fields that its schema does not know', async () => {
    const transport = await transportTo([json({ ...healthy, surprise: 1 })]);
    expect(await callRemote(transport, { operation: gateway.getHealth, input: {} })).toEqual(healthy);
  });

  it.each([
    ['an answer of the wrong shape', json({ status: 'fine' })],
    ['a page of HTML', ({ response }) => void response.end('<html>')] satisfies [string, Answer],
    ['nothing', ({ response }) => void response.writeHead(204).end()] satisfies [string, Answer],
  ] satisfies [string, Answer][])('refuses %s', async (_, answer) => {
    const transport = await transportTo([answer]);
    const error = await failure(callRemote(transport, { operation: gateway.getHealth, input: {} }));
    expect(error.code).toBe('INTERNAL');
  });

  it.each(Object.entries(errorCodes))('maps the problem %s', async (code, { status }) => {
    const issues = [{ path: 'jobId', message: 'no' }];
    const answer = problem(code, status, { requestId: 'r-1', issues, details: { actionId: 'a-1' } });
    const transport = await transportTo([answer], { retry: { limit: 0 } });
    const error = await failure(callRemote(transport, { operation: jobs.get, input: { jobId: '1' } }));
    expect(error).toMatchObject({ code, requestId: 'r-1', message: `refused: ${code}` });
    expect(error.details).toMatchObject({ issues, actionId: 'a-1' });
  });

  it.each([
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [413, 'PAYLOAD_TOO_LARGE'],
    [418, 'INTERNAL'],
    [429, 'RATE_LIMITED'],
    [502, 'UNAVAILABLE'],
    [504, 'TIMEOUT'],
  ])('understands the page of a proxy with status %d', async (status, code) => {
    const page: Answer = ({ response }) =>
      void response.writeHead(status, { 'content-type': 'text/html', 'x-request-id': 'p-1' }).end('<h1>');
    const transport = await transportTo([page], { retry: { limit: 0 } });
    const error = await failure(callRemote(transport, { operation: gateway.getHealth, input: {} }));
    expect(error).toMatchObject({ code, requestId: 'p-1', details: { status } });
  });

  it.each([
    ['an array', []],
    ['broken fields', { code: 7, detail: {}, issues: 'x', details: 5, requestId: [] }],
    ['an unknown code', { code: '__proto__', detail: 'hm' }],
    ['null', null],
  ])('survives a hostile problem document: %s', async (_, body) => {
    const answer = json(body, 500, { 'content-type': 'application/problem+json' });
    const transport = await transportTo([answer]);
    const error = await failure(callRemote(transport, { operation: gateway.getHealth, input: {} }));
    expect(error.code).toBe('INTERNAL');
  });
});

it('tells of every attempt without secrets', async () => {
  const events: RequestEvent[] = [];
  const onRequest = (event: RequestEvent) => void events.push(event);
  const transport = await transportTo([hangUp, json({ items: [] })], { token: 'hunter2', onRequest });
  await callRemote(transport, { operation: audit.list, input: { actor: 'hunter2' } });
  const each = { operation: 'audit.list', method: 'GET', path: '/v1/audit', durationMs: expect.any(Number) };
  expect(events).toEqual([
    { ...each, attempt: 1, status: undefined, code: 'CONNECTION_FAILED' },
    { ...each, attempt: 2, status: 200, code: undefined },
  ]);
  expect(JSON.stringify(events)).not.toContain('hunter2');
});

it('refuses an idempotency key that no header can carry', async () => {
  const transport = await transportTo([json(secret)]);
  const input = { content: '', mediaType: 'text/plain' };
  for (const idempotencyKey of ['', 'a b', 'a\r\nb', 'x'.repeat(201)]) {
    const error = await failure(callRemote(transport, { operation: artifacts.put, input, idempotencyKey }));
    expect(error.code).toBe('VALIDATION_FAILED');
  }
  expect(server.requests).toHaveLength(0);
});

function cutOff({ response }: Parameters<Answer>[0]): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('{"half":', () => response.socket?.destroy());
}
