import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Answer,
  brokenFrames,
  closedFrames,
  frames,
  hangUp,
  json,
  problem,
  type ScriptedServer,
  silence,
  startScriptedServer,
} from '../../test-support/scripted-server.ts';
import { createKeyPair, signerFromSeed, verifyRequest } from '../identity/index.ts';
import { operations } from '../operations/index.ts';
import { callStream, type StreamCall, type StreamGap } from './sse.ts';
import { createTransport, type Transport, type TransportOptions } from './transport.ts';

const operation = operations.events.stream;

const event = (id: string) => ({
  specversion: '1.0',
  id,
  source: 'gateway',
  type: 'agent.registered',
  subject: 's',
  time: '2026-01-01T00:00:00Z',
  data: {},
});
const frame = (id: string) => `id: ${id}\ndata: ${JSON.stringify(event(id))}\n\n`;
const end = 'event: end\ndata: {}\n\n';
const reset = 'event: reset\ndata: {"oldest":"40"}\n\n';

const NEVER_MS = 3_600_000;

let server: ScriptedServer;
afterEach(() => server[Symbol.asyncDispose]());

async function transportTo(
  script: readonly Answer[],
  options: Partial<TransportOptions> = {},
): Promise<Transport> {
  server = await startScriptedServer(...script);
  return createTransport({ url: server.url, retry: { baseDelayMs: 0 }, random: () => 0.999, ...options });
}

async function collect(transport: Transport, call: Partial<StreamCall> = {}): Promise<string[]> {
  const ids: string[] = [];
  for await (const each of callStream(transport, { operation, input: {}, ...call })) {
    ids.push((each as { id: string }).id);
  }
  return ids;
}

const lastEventIds = () => server.requests.map(({ headers }) => headers['last-event-id']);

describe('a stream', () => {
  it('yields events in order until the server says it is over', async () => {
    const transport = await transportTo([closedFrames(':\n\n', frame('1'), frame('2') + frame('3'), end)]);
    expect(await collect(transport, { input: { cursor: '0', types: ['a', 'b'] } })).toEqual(['1', '2', '3']);
    expect(server.requests.map(({ url }) => url)).toEqual(['/v1/events?cursor=0&types=a&types=b']);
    expect(server.requests[0]?.headers.accept).toBe('text/event-stream');
  });

  it('understands frames that are cut anywhere', async () => {
    const text = frame('1') + frame('2') + end;
    const pieces: Answer = async ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      for (const byte of Buffer.from(text.replace('"s"', '"ä€𝄞"'))) {
        await new Promise<unknown>((resolve) => response.write(Buffer.of(byte), resolve));
      }
    };
    expect(await collect(await transportTo([pieces]))).toEqual(['1', '2']);
  });

  it('resumes after the last event when the connection breaks or just closes', async () => {
    const transport = await transportTo([
      brokenFrames(frame('1'), frame('2')),
      hangUp,
      problem('UNAVAILABLE', 503, { headers: { 'retry-after': '0' } }),
      closedFrames(frame('3')),
      closedFrames(frame('4'), end),
    ]);
    expect(await collect(transport)).toEqual(['1', '2', '3', '4']);
    expect(lastEventIds()).toEqual([undefined, '2', '2', '2', '3']);
  });

  it('signs every connection anew', async () => {
    const signer = signerFromSeed(createKeyPair().seed);
    const transport = await transportTo([hangUp, closedFrames(frame('1'), end)], { signer });
    await collect(transport);
    const { authority } = server;
    const claims = await Promise.all(server.requests.map((request) => verifyRequest(request, { authority })));
    expect(new Set(claims.map(({ nonce }) => nonce)).size).toBe(2);
  });

  it('resumes when nothing is heard for too long', async () => {
    const transport = await transportTo([frames(frame('1')), closedFrames(frame('2'), end)], {
      heartbeatTimeoutMs: 300,
    });
    expect(await collect(transport)).toEqual(['1', '2']);
    expect(lastEventIds()).toEqual([undefined, '1']);
  });

  it('waits at least as long as the server asks', async () => {
    const asks = closedFrames('retry: 3600000\n\n', frame('1'));
    const transport = await transportTo([asks, closedFrames(frame('2'), end)]);
    const error = await collect(transport, { timeoutMs: 100 }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'TimeoutError' });
    expect(server.requests).toHaveLength(1);
  });

  it('validates its input before it connects', async () => {
    const transport = await transportTo([silence]);
    await expect(collect(transport, { input: { cursor: 5 } })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    expect(server.requests).toHaveLength(0);
  });
});

describe('a gap', () => {
  it('throws EXPIRED with what is still there', async () => {
    const transport = await transportTo([frames(frame('1'), reset, frame('40'))]);
    await expect(collect(transport)).rejects.toMatchObject({ code: 'EXPIRED', details: { oldest: '40' } });
  });

  it('is told to onGap, and the stream goes on', async () => {
    const gaps: StreamGap[] = [];
    const transport = await transportTo([closedFrames(reset, frame('40'), end)]);
    expect(await collect(transport, { onGap: (gap) => void gaps.push(gap) })).toEqual(['40']);
    expect(gaps).toEqual([{ oldest: '40' }]);
  });

  it('is told again when the connection broke before the next event', async () => {
    const gaps: StreamGap[] = [];
    const broken = brokenFrames(frame('1'), `id: 40\n${reset}`);
    const transport = await transportTo([broken, closedFrames(reset, frame('40'), end)]);
    expect(await collect(transport, { onGap: (gap) => void gaps.push(gap) })).toEqual(['1', '40']);
    expect(lastEventIds()).toEqual([undefined, '1']);
    expect(gaps).toHaveLength(2);
  });

  it('lets an error of onGap through instead of resuming', async () => {
    const transport = await transportTo([frames(reset)]);
    const onGap = () => {
      throw new Error('cannot go on');
    };
    await expect(collect(transport, { onGap })).rejects.toThrow('cannot go on');
    expect(server.requests).toHaveLength(1);
  });
});

describe('failures', () => {
  it.each([
    ['a refusal', problem('FORBIDDEN', 403), 'FORBIDDEN'],
    ['an error frame', frames('event: error\ndata: {"code":"REVOKED","detail":"no"}\n\n'), 'REVOKED'],
    ['an event that is not JSON', frames('data: {\n\n'), 'INTERNAL'],
    ['an event of the wrong shape', frames('data: {"id":1}\n\n'), 'INTERNAL'],
    ['an answer that is no stream', json({ items: [] }), 'INTERNAL'],
  ])('ends at once with %s', async (_, answer, code) => {
    const transport = await transportTo([answer]);
    await expect(collect(transport)).rejects.toMatchObject({ code });
    expect(server.requests).toHaveLength(1);
  });

  it('resumes after an error frame that passes', async () => {
    const passing = frames(frame('1'), 'event: error\ndata: {"code":"UNAVAILABLE","detail":"restart"}\n\n');
    const transport = await transportTo([passing, closedFrames(frame('2'), end)]);
    expect(await collect(transport)).toEqual(['1', '2']);
  });

  it.each([
    ['in one piece', `data: "${'x'.repeat(5000)}"\n\n`],
    ['that never ends', `data: ${'x'.repeat(5000)}`],
    ['of many lines', 'data: x\n'.repeat(2000)],
  ])('refuses an event larger than its limit, %s', async (_, text) => {
    const transport = await transportTo([frames(text)], { maxEventLength: 1000 });
    await expect(collect(transport)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  });

  it('gives up a gateway that was never there after the retries of a call', async () => {
    const transport = await transportTo([hangUp], { retry: { baseDelayMs: 0, limit: 3 } });
    await expect(collect(transport)).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    expect(server.requests).toHaveLength(4);
  });

  it('gives up a gateway that accepts and says nothing, in the end', async () => {
    const transport = await transportTo([closedFrames(frame('1')), closedFrames()]);
    await expect(collect(transport)).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    expect(server.requests).toHaveLength(21);
  });

  it('does not wait for ever for the first byte', async () => {
    const transport = await transportTo([silence, closedFrames(frame('1'), end)], { timeoutMs: 300 });
    expect(await collect(transport)).toEqual(['1']);
  });
});

describe('stopping', () => {
  const watched = (): { readonly answer: Answer; readonly closed: Promise<void> } => {
    const closed = Promise.withResolvers<void>();
    const open = frames(frame('1'));
    const answer: Answer = async (request) => {
      request.response.on('close', closed.resolve);
      await open(request);
    };
    return { answer, closed: closed.promise };
  };

  it('closes the socket when the loop is left', async () => {
    const { answer, closed } = watched();
    const transport = await transportTo([answer]);
    for await (const _ of callStream(transport, { operation, input: {} })) break;
    await closed;
    expect(server.requests).toHaveLength(1);
  });

  it('closes the socket on return() even while a read waits', async () => {
    const { answer, closed } = watched();
    const transport = await transportTo([answer]);
    const iterator = callStream(transport, { operation, input: {} })[Symbol.asyncIterator]();
    await iterator.next();
    const waiting = iterator.next();
    await iterator.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    await closed;
  });

  it('closes the socket of an answer that is no stream', async () => {
    const closed = Promise.withResolvers<void>();
    const endless: Answer = ({ response }) => {
      response.on('close', closed.resolve);
      response.writeHead(200, { 'content-type': 'text/html' }).write('<html>');
    };
    await expect(collect(await transportTo([endless]))).rejects.toMatchObject({ code: 'INTERNAL' });
    await closed.promise;
  });

  it('rejects with the reason of the signal', async () => {
    const controller = new AbortController();
    const { answer, closed } = watched();
    const transport = await transportTo([answer]);
    const collecting = (async () => {
      for await (const _ of callStream(transport, { operation, input: {}, signal: controller.signal })) {
        controller.abort(new Error('enough'));
      }
    })();
    await expect(collecting).rejects.toThrow('enough');
    await closed;
  });

  it('rejects while it waits to resume', async () => {
    const controller = new AbortController();
    const retry = { baseDelayMs: NEVER_MS, maxDelayMs: NEVER_MS };
    const abortLater: Answer = ({ response }) => {
      response.socket?.on('close', () => controller.abort(new Error('enough')));
      response.socket?.destroy();
    };
    const transport = await transportTo([abortLater], { retry });
    await expect(collect(transport, { signal: controller.signal })).rejects.toThrow('enough');
  });
});

it('reads no further than its consumer', async () => {
  const big = 'x'.repeat(100_000);
  const large = (id: string) => `id: ${id}\ndata: ${JSON.stringify({ ...event(id), subject: big })}\n\n`;
  const stalled = Promise.withResolvers<void>();
  let written = 0;
  const flood: Answer = async ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    while (!response.destroyed && written < 2000) {
      written += 1;
      if (response.write(large(String(written)))) continue;
      const drained = once(response, 'drain').then(() => 'drained');
      const pause = new Promise((resolve) => setTimeout(resolve, 500, 'stalled'));
      if ((await Promise.race([drained, pause])) === 'stalled') return stalled.resolve();
    }
  };
  const transport = await transportTo([flood]);
  const iterator = callStream(transport, { operation, input: {} })[Symbol.asyncIterator]();
  await iterator.next();
  // 200 MB wait to be sent; the sender must come to a halt long before.
  await stalled.promise;
  expect(written).toBeLessThan(500);
  await iterator.return?.();
});
