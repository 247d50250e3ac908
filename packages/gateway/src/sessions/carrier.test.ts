import { connect } from 'node:net';
import { encodeFrame } from '@bonafide/core/protocol';
import { describe, expect, it } from 'vitest';
import { connectRaw, helloFrame, openRaw } from '../testing/session-client.ts';
import { startGateway } from '../testing/test-gateway.ts';

/** What a bare socket is answered. */
async function rawAnswer(url: string, head: readonly string[]): Promise<string> {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('the carrier of a session', () => {
  it('brings what was queued in one turn of the event loop as one message', async () => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    await using session = await connectRaw(gateway.url, { proof });
    const before = session.messages;
    const frames = Array.from({ length: 100 }, () => encodeFrame({ t: 'ping' })).join('');
    session.sendText(frames);
    await session.call('gateway.getInfo');
    expect(session.received.filter(({ frame }) => frame.t === 'pong')).toHaveLength(100);
    expect(session.messages - before).toBeLessThan(5);
  });

  it.each([
    ['no JSON', 'nonsense\n'],
    ['no object', '[1]\n'],
    ['no kind', '{"x":1}\n'],
    ['a line that does not end', '{"t":"ping"}'],
    ['a body that is missing', '{"t":"call","n":1,"op":"gateway.getInfo"}\n'],
    ['nothing but a line break', '\n'],
  ])('closes for %s, and says why', async (_, text) => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    await using session = await connectRaw(gateway.url, { proof });
    session.sendText(text);
    expect((await session.ended).problem.code).toBe('VALIDATION_FAILED');
  });

  it('closes for a frame that nobody takes, for bytes, and for what comes before the welcome', async () => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    await using unknown = await connectRaw(gateway.url, { proof });
    unknown.sendText('{"t":"constructor","n":1}\n');
    expect((await unknown.ended).problem.code).toBe('UNSUPPORTED');
    await using bytes = await connectRaw(gateway.url, { proof, takeOver: true });
    bytes.socket.send(Buffer.from('{"t":"ping"}\n'));
    expect((await bytes.ended).problem.code).toBe('VALIDATION_FAILED');
    await using early = await openRaw(gateway.url);
    early.send({ t: 'call', n: 1, op: 'gateway.getInfo' }, {});
    expect((await early.ended).problem.code).toBe('UNAUTHENTICATED');
  });

  it('ends with an oversized message', async () => {
    await using gateway = await startGateway();
    const proof = await gateway.register('worker');
    await using session = await connectRaw(gateway.url, { proof });
    session.sendText(`{"t":"ping","x":"${'x'.repeat(3_000_000)}"}\n`);
    await session.ended;
    await using next = await connectRaw(gateway.url, { proof });
    expect(next.welcome.epoch).toBe(2);
  });

  it('holds no large message of who has not said who it is, though it never ends', async () => {
    await using gateway = await startGateway({ sessions: { helloTimeoutMs: 1_000_000 } });
    const proof = await gateway.register('worker');
    await using stranger = await openRaw(gateway.url);
    stranger.socket.send('x'.repeat(1_000_000), { fin: false });
    await stranger.ended;
    // Who was let in may send as much.
    await using session = await connectRaw(gateway.url, { proof });
    session.sendText(`{"t":"ping","x":"${'x'.repeat(1_000_000)}"}\n`);
    await session.next('pong');
  });

  it('is let go when no hello comes in time', async () => {
    await using gateway = await startGateway({ sessions: { helloTimeoutMs: 20 } });
    await using silent = await openRaw(gateway.url);
    expect((await silent.ended).problem.code).toBe('TIMEOUT');
  });

  it('is refused beyond so many that did not say who they are', async () => {
    await using gateway = await startGateway({ sessions: { maxUnproven: 3 } });
    const proof = await gateway.register('worker');
    const waiting = await Promise.all([1, 2, 3].map(() => openRaw(gateway.url)));
    await expect(openRaw(gateway.url)).rejects.toMatchObject({ code: 'RATE_LIMITED', status: 429 });
    const [first, ...rest] = waiting;
    if (!first) throw new Error('nobody waits');
    first.send(await helloFrame(first, { proof }));
    await first.next('welcome');
    // Who was let in makes room.
    await using another = await openRaw(gateway.url);
    await another.next('challenge');
    for (const session of [first, ...rest]) await session[Symbol.asyncDispose]();
  });

  it('is refused with a problem document where it cannot be opened', async () => {
    await using gateway = await startGateway();
    const upgrade = [
      ...['Host: x', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    const protocol = 'Sec-WebSocket-Protocol: bonafide.v1';
    const elsewhere = await rawAnswer(gateway.url, ['GET /v1/agents HTTP/1.1', ...upgrade, protocol]);
    expect(elsewhere).toMatch(/^HTTP\/1.1 404 .*application\/problem\+json.*NOT_FOUND/s);
    const without = await rawAnswer(gateway.url, ['GET /v1/session HTTP/1.1', ...upgrade]);
    expect(without).toMatch(/^HTTP\/1.1 400 .*subprotocol bonafide.v1/s);
    const page = 'Origin: https://evil.example';
    const foreign = await rawAnswer(gateway.url, ['GET /v1/session HTTP/1.1', ...upgrade, protocol, page]);
    expect(foreign).toMatch(/^HTTP\/1.1 403 .*FORBIDDEN/s);
    const plain = await gateway.send({}, { method: 'GET', path: '/v1/session' });
    expect(plain).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
  });

  it('may be opened by pages that the operator names', async () => {
    await using gateway = await startGateway({ allowedOrigins: ['https://app.example'] });
    await using named = await openRaw(gateway.url, { origin: 'https://app.example' });
    await using own = await openRaw(gateway.url, { origin: gateway.url });
    await Promise.all([named.next('challenge'), own.next('challenge')]);
  });

  it('answers who offers HTTP/2 with a request as if it had not', async () => {
    await using gateway = await startGateway();
    const answer = await rawAnswer(gateway.url, [
      ...['GET /health HTTP/1.1', 'Host: x', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c'],
      ...['HTTP2-Settings: AAMAAABkAAQAAP__', 'Connection: close'],
    ]);
    expect(answer).toMatch(/^HTTP\/1.1 200 OK/);
  });

  it('slows down who tries proofs that do not hold', async () => {
    await using gateway = await startGateway({ guessLimit: { perMinute: 0.001, burst: 2 } });
    const codes = [];
    for (let index = 0; index < 4; index++) {
      const attempt = connectRaw(gateway.url, { proof: { token: `bft_wrong-${index}` } });
      codes.push(await attempt.catch(({ code }) => code));
    }
    expect(codes).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED', 'RATE_LIMITED', 'RATE_LIMITED']);
  });

  it('is asked for a sign of life, and let go without one', async () => {
    await using gateway = await startGateway({ heartbeatMs: 20 });
    const proof = await gateway.register('worker');
    await using silent = await connectRaw(gateway.url, { proof });
    expect((await silent.ended).problem.code).toBe('TIMEOUT');
    expect(silent.received.some(({ frame }) => frame.t === 'ping')).toBe(true);
    await using lively = await connectRaw(gateway.url, { proof });
    for (let beat = 0; beat < 8; beat++) {
      await lively.next('ping');
      lively.send({ t: 'pong' });
    }
    expect(await lively.call('gateway.getInfo')).toMatchObject({ name: 'bonafide-gateway' });
  });

  it('says goodbye when the gateway stops', async () => {
    const gateway = await startGateway();
    const proof = await gateway.register('worker');
    const session = await connectRaw(gateway.url, { proof });
    await gateway[Symbol.asyncDispose]();
    expect((await session.ended).problem.code).toBe('UNAVAILABLE');
    expect(session.received.some(({ frame }) => frame.t === 'signal')).toBe(true);
  });
});
