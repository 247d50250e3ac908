import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createKeyPair, signerFromSeed, toBase64Url } from '@bonafide/core/identity';
import { operationList } from '@bonafide/core/operations';
import { describe, expect, it } from 'vitest';
import { signed, startGateway, type TestGateway, toAnswer, toRequest } from '../testing/test-gateway.ts';

/** Sends bytes and reads until the other side closes. */
async function sendRaw(gateway: TestGateway, bytes: string): Promise<string> {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  return text(socket);
}

describe('limits', () => {
  it('answer what is not HTTP, or is too long a header, with a problem', async () => {
    await using gateway = await startGateway();
    const nonsense = await sendRaw(gateway, 'HELLO\r\n\r\n');
    const long = await sendRaw(gateway, `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(nonsense).toMatch(/^HTTP\/1\.1 400 [\s\S]*application\/problem\+json[\s\S]*VALIDATION_FAILED/);
    expect(long).toMatch(/^HTTP\/1\.1 431 [\s\S]*application\/problem\+json/);
  });

  it.each([
    'GET /v1/agents\\x HTTP/1.1\r\nHost: x',
    'GET * HTTP/1.1\r\nHost: x',
    'GET / HTTP/1.1\r\nHost: x/../y',
  ])('answer %j, which leads nowhere, with a problem', async (head) => {
    await using gateway = await startGateway();
    expect(await sendRaw(gateway, `${head}\r\nConnection: close\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*application\/problem\+json[\s\S]*VALIDATION_FAILED/,
    );
  });

  it('cut off a body that comes too slowly', async () => {
    await using gateway = await startGateway({ requestTimeoutMs: 100 });
    const head =
      'POST /v1/actions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{';
    expect(await sendRaw(gateway, head)).toMatch(/^HTTP\/1\.1 408 [\s\S]*TIMEOUT/);
  });

  it('answer 413 to a length over the limit without waiting for the body', async () => {
    await using gateway = await startGateway();
    const head =
      'POST /v1/actions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{';
    expect(await sendRaw(gateway, head)).toMatch(/^HTTP\/1\.1 413 [\s\S]*PAYLOAD_TOO_LARGE/);
  });

  it('give every caller its own rate, told in headers', async () => {
    let nowMs = Date.now();
    await using gateway = await startGateway({ now: () => nowMs, rateLimit: { perSecond: 1, burst: 3 } });
    const agent = await gateway.register('alice');
    const statuses: number[] = [];
    for (let index = 0; index < 4; index++) statuses.push((await gateway.call(agent, 'actions.list')).status);
    const refused = await gateway.call(agent, 'actions.list');
    expect(statuses).toEqual([200, 200, 200, 429]);
    expect(refused.body).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterMs: 1000 } });
    expect(refused.headers.get('retry-after')).toBe('1');
    const owner = await gateway.call({ token: gateway.ownerToken }, 'actions.list');
    expect(owner.headers.get('ratelimit')).toBe('"default";r=2;t=1');
    expect(owner.headers.get('ratelimit-policy')).toBe('"default";q=3;w=3');
    nowMs += 1000;
    expect((await gateway.send(agent, { method: 'GET', path: '/v1/actions' }, { nowMs })).status).toBe(200);
  });

  it('believe only a trusted proxy about where a request comes from', async () => {
    const limited = { now: () => 1_800_000_000_000, rateLimit: { perSecond: 1, burst: 1 } };
    await using behind = await startGateway({ ...limited, trustedProxies: ['127.0.0.0/8'] });
    await using direct = await startGateway(limited);
    const from = async (gateway: TestGateway, address: string) =>
      (await gateway.call({}, 'gateway.getInfo', {}, { 'x-forwarded-for': `6.6.6.6, ${address}` })).status;
    expect([
      await from(behind, '203.0.113.1'),
      await from(behind, '203.0.113.2'),
      await from(behind, '203.0.113.1'),
    ]).toEqual([200, 200, 429]);
    expect([await from(direct, '203.0.113.1'), await from(direct, '203.0.113.2')]).toEqual([200, 429]);
  });
});

describe('problems', () => {
  it('are what every refusal is, with the id of the request', async () => {
    await using gateway = await startGateway();
    const answers = [
      await gateway.call({}, 'agents.list'),
      await gateway.call({ token: gateway.ownerToken }, 'actions.get', { actionId: crypto.randomUUID() }),
      await gateway.send({}, { method: 'GET', path: '/nothing' }),
      await gateway.send({}, { method: 'DELETE', path: '/v1/agents' }),
      await gateway.call({ token: gateway.ownerToken }, 'actions.verify', { action: 'a.b', risk: 'low' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 404, 404, 404, 403]);
    for (const { status, headers, body } of answers) {
      expect(headers.get('content-type')).toBe('application/problem+json');
      expect(body).toMatchObject({
        status,
        type: `urn:bonafide:error:${body.code}`,
        requestId: headers.get('x-request-id'),
      });
    }
  });

  it('say UNAVAILABLE for what needs a chain when there is none', async () => {
    await using gateway = await startGateway();
    const agent = await gateway.register('alice');
    const { status, body } = await gateway.call(agent, 'jobs.list');
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'UNAVAILABLE' });
  });
});

describe('shutdown', () => {
  it('answers what is under way, ends streams without a word, and takes nothing new', async () => {
    const gateway = await startGateway();
    const agent = await gateway.register('alice');
    const request = toRequest('actions.verify', { input: { action: 'a.b', risk: 'low' } });
    const init = await signed(gateway.url, { sender: agent, request });
    const { hostname, port, host } = new URL(gateway.url);
    const { body = '' } = init;
    const lines = Object.entries({ host, ...init.headers, 'content-length': String(body.length) }).map(
      (pair) => pair.join(': '),
    );
    const slow = connect(Number(port), hostname);
    const answer = text(slow);
    await new Promise<void>((resolve) =>
      slow.write(`POST ${request.path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body.slice(0, 5)}`, () =>
        resolve(),
      ),
    );
    // Answered on a later connection, so the gateway has seen the head of the slow one.
    await gateway.call(agent, 'actions.list');
    const stream = await fetch(`${gateway.url}/v1/events`, {
      headers: { authorization: `Bearer ${gateway.ownerToken}` },
    });
    const rest = stream.text().catch(() => 'cut');
    const closing = gateway.gateway[Symbol.asyncDispose]();
    expect(['', 'cut']).toContain(await rest);
    await expect(fetch(`${gateway.url}/health`)).rejects.toThrow();
    slow.write(body.slice(5));
    expect(await answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*"status":"approved"/);
    await closing;
    await using again = await gateway.restart();
    expect((await again.call(agent, 'actions.list')).body.items).toHaveLength(1);
  });
});

describe('logs', () => {
  it('tell who did what, and hold no key, token, signature or body', async () => {
    const { seed } = createKeyPair();
    await using gateway = await startGateway();
    const signer = signerFromSeed(seed);
    const { body: enrolment } = await gateway.call({ token: gateway.ownerToken }, 'tokens.create', {
      name: 'e',
      role: 'enrolment',
    });
    const input = { name: 'alice', enrolmentToken: enrolment.secret };
    const request = toRequest('agents.register', { input });
    const init = await signed(gateway.url, { sender: { signer }, request });
    await toAnswer(await fetch(gateway.url + request.path, init));
    await gateway.call({ signer }, 'actions.verify', { action: 'a.b', parameters: { password: 'hunter2' } });
    await gateway.call({ token: 'bft_wrong-secret' }, 'agents.list');
    await gateway.send(
      { signer },
      {
        method: 'POST',
        path: '/v1/actions',
        headers: { 'content-type': 'application/json' },
        body: '{"secret":"hunter2"',
      },
    );
    const log = gateway.lines.join('');
    expect(log).toContain('"operation":"agents.register"');
    expect(
      gateway.lines.map((line) => JSON.parse(line)).every((line) => line.requestId && line.principal),
    ).toBe(true);
    const secrets = [
      gateway.ownerToken,
      enrolment.secret,
      'bft_',
      'hunter2',
      toBase64Url(seed),
      init.headers.signature ?? 'missing',
    ];
    for (const secret of secrets) expect(log).not.toContain(secret);
  });
});

describe('/openapi.json', () => {
  it('describes every operation that runs here', async () => {
    await using gateway = await startGateway();
    const { body } = await gateway.send({}, { method: 'GET', path: '/openapi.json' });
    expect(body.openapi).toBe('3.1.1');
    for (const operation of operationList) {
      if (operation.kind === 'local') continue;
      const { method, path } = operation.http;
      expect(body.paths[path]?.[method.toLowerCase()]?.operationId).toBe(operation.id);
    }
    expect(body.paths['/v1/actions'].post.requestBody.content['application/json'].schema.required).toEqual([
      'action',
    ]);
    expect(body.paths['/v1/agents/{agentId}'].get.parameters[0]).toMatchObject({
      name: 'agentId',
      in: 'path',
      required: true,
    });
  });

  it('comes with /health and /ready', async () => {
    await using gateway = await startGateway();
    expect((await gateway.send({}, { method: 'GET', path: '/health' })).body).toEqual({ status: 'ok' });
    expect((await gateway.send({}, { method: 'GET', path: '/ready' })).body).toEqual({ status: 'ready' });
    expect((await gateway.call({}, 'gateway.getHealth')).body).toMatchObject({
      status: 'ok',
      storage: 'ok',
      chain: 'absent',
    });
  });
});
