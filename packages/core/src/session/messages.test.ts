import { afterEach, describe, expect, it } from 'vitest';
import {
  delivered,
  framesOf,
  type LiveSession,
  PEER,
  startLiveSession,
  until,
} from '../../test-support/live-session.ts';
import type { FarSession, SessionScript } from '../../test-support/session-server.ts';
import { BonafideError } from '../errors.ts';
import { toProblem } from '../problem.ts';
import type { IncomingMessage } from './index.ts';

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function start(...given: Parameters<typeof startLiveSession>): Promise<LiveSession> {
  const started = await startLiveSession(...given);
  opened.push(started);
  return started;
}

/** A gateway that keeps everything, each message once. */
function keeper(): SessionScript & { readonly kept: string[] } {
  const kept: string[] = [];
  return {
    kept,
    onFrame: ({ frame }, session) => {
      if (frame.t !== 'send') return;
      const at = kept.indexOf(frame.id);
      if (at < 0) kept.push(frame.id);
      session.send({ t: 'accepted', list: [[frame.n, at < 0 ? kept.length : -(at + 1)]] });
    },
  };
}

const lastAck = (far: FarSession) => framesOf(far, 'ack').at(-1)?.d;

describe('send', () => {
  it('resolves once the gateway keeps the message', async () => {
    const { live, far } = await start(keeper());
    const sent = await live.send(
      'ag.default.peer.1',
      { hello: 'there' },
      { messageId: 'one', replyTo: 'zero' },
    );
    expect(sent).toEqual({ messageId: 'one', sequence: 1, isDuplicate: false });
    expect(far().received[0]).toMatchObject({
      frame: { t: 'send', to: PEER, kind: 'chat', id: 'one', replyTo: 'zero' },
      body: '{"hello":"there"}',
    });
    await expect(live.send(PEER, 1, { messageId: 'one' })).resolves.toMatchObject({ isDuplicate: true });
  });

  it('puts what is sent in one turn into one message', async () => {
    const { live, far } = await start(keeper());
    await Promise.all(Array.from({ length: 50 }, (_, index) => live.send(PEER, index)));
    expect(far().texts).toHaveLength(1);
    expect(far().received.map(({ body }) => Number(body))).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it('keeps the order of plain messages behind signed ones', async () => {
    const { live, far } = await start(keeper());
    await Promise.all([
      live.send(PEER, 'a', { sign: true, messageId: 'a' }),
      live.send(PEER, 'b', { messageId: 'b' }),
      live.send(PEER, 'c', { sign: true, messageId: 'c' }),
      live.send(PEER, 'd', { messageId: 'd' }),
    ]);
    expect(framesOf(far(), 'send').map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('rejects what the gateway refuses, and tries again what may pass', async () => {
    let refusals = 0;
    const { live } = await start({
      onFrame: ({ frame }, session) => {
        if (frame.t !== 'send') return;
        const code = frame.to === PEER ? 'RATE_LIMITED' : 'FORBIDDEN';
        const details = { retryAfterMs: 1 };
        const problem = toProblem(new BonafideError(code, 'No.', { details }));
        if (code === 'RATE_LIMITED' && refusals++ > 1) session.send({ t: 'accepted', list: [[frame.n, 9]] });
        else session.send({ t: 'refused', n: frame.n, problem });
      },
    });
    await expect(live.send('ag::default::other::1', 1)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(live.send(PEER, 1)).resolves.toMatchObject({ sequence: 9 });
    expect(refusals).toBe(3);
  });

  it('says that the outcome is unknown, and under which id to send again', async () => {
    const { live } = await start();
    const late = live.send(PEER, 1, { messageId: 'late', timeoutMs: 1 });
    await expect(late).rejects.toMatchObject({ code: 'TIMEOUT', details: { messageId: 'late' } });
    const lost = live.send(PEER, 1, { messageId: 'lost' });
    const rejected = expect(lost).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      details: { messageId: 'lost' },
      message: expect.stringContaining('unknown'),
    });
    await live.close();
    await rejected;
  });

  it.each([
    ['no address', 'nobody', 1, {}],
    ['no JSON', PEER, undefined, {}],
    ['no id', PEER, 1, { messageId: 'with space' }],
  ])('refuses what has %s', async (_, to, body, options) => {
    const { live } = await start();
    await expect(live.send(to, body, options)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('refuses a body that is larger than the gateway takes', async () => {
    const { live } = await start();
    const large = '€'.repeat(350_000);
    await expect(live.send(PEER, large)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  });

  it('sends again what was not confirmed, in the same order and under the same ids', async () => {
    const { live, server } = await start({
      onFrame: ({ frame }, session) => {
        if (session.epoch === 1) session.cut();
        else if (frame.t === 'send') session.send({ t: 'accepted', list: [[frame.n, 1]] });
      },
    });
    await Promise.all(['a', 'b', 'c'].map((messageId) => live.send(PEER, messageId, { messageId })));
    const [, second] = server.sessions;
    expect(second && framesOf(second, 'send').map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('stops waiting when its signal is aborted', async () => {
    const { live } = await start();
    const reason = new Error('enough');
    await expect(live.send(PEER, 1, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('post', () => {
  it('sends without keeping, and tells failures to error handlers', async () => {
    const { live, far } = await start({
      onFrame: ({ frame }, session) => {
        if (frame.t !== 'live') return;
        const problem = toProblem(new BonafideError('NOT_FOUND', 'Nobody is there.'));
        session.send({ t: 'problem', n: frame.n ?? 0, problem });
      },
    });
    const failed = Promise.withResolvers<BonafideError>();
    live.on('error', failed.resolve);
    live.post(PEER, { x: 1 }, { kind: 'progress' });
    await expect(failed.promise).resolves.toMatchObject({ code: 'NOT_FOUND', details: { to: PEER } });
    expect(far().received[0]).toMatchObject({ frame: { t: 'live', kind: 'progress' }, body: '{"x":1}' });
  });
});

describe('handlers', () => {
  it('run in order, those of the kind first, and the message is acknowledged after them', async () => {
    const { live, far } = await start();
    const seen: string[] = [];
    const gate = Promise.withResolvers<void>();
    live.on('message', () => void seen.push('any'));
    live.on('chat', async () => {
      seen.push('first');
      await gate.promise;
      seen.push('first done');
    });
    live.on('chat', () => void seen.push('second'));
    far().send(delivered(1), '"hi"');
    await until(() => seen.length === 1);
    expect(lastAck(far())).toBeUndefined();
    gate.resolve();
    await until(() => lastAck(far()) === 1);
    expect(seen).toEqual(['first', 'first done', 'second', 'any']);
  });

  it('take the messages of one sender one by one, and those of others meanwhile', async () => {
    const { live, far } = await start();
    const seen: unknown[] = [];
    const gate = Promise.withResolvers<void>();
    live.on('chat', async ({ body }) => {
      if (body === 'slow') await gate.promise;
      seen.push(body);
    });
    far().send(delivered(1), '"slow"');
    far().send(delivered(2), '"behind"');
    far().send(delivered(3, { from: 'ag::default::other::1' }), '"other"');
    await until(() => seen.length === 1);
    expect(seen).toEqual(['other']);
    expect(lastAck(far())).toBeUndefined();
    gate.resolve();
    await until(() => lastAck(far()) === 3);
    expect(seen).toEqual(['other', 'slow', 'behind']);
  });

  it('see what came before there were any', async () => {
    const { live, far } = await start({ onOpen: (session) => session.send(delivered(1), '"early"') });
    await live.agents.list({}, { timeoutMs: 1 }).catch(() => undefined);
    const seen: string[] = [];
    live.on('message', () => void seen.push('any'));
    live.on('chat', () => void seen.push('chat'));
    await until(() => lastAck(far()) === 1);
    expect(seen).toEqual(['chat', 'any']);
  });

  it('that throw make a dead letter and an error event', async () => {
    const { live, far } = await start();
    const errors: BonafideError[] = [];
    live.on('error', (error) => void errors.push(error));
    live.on('chat', () => {
      throw new Error('boom');
    });
    far().send(delivered(1), '1');
    await until(() => lastAck(far()) === 1);
    expect(framesOf(far(), 'reject')).toEqual([{ t: 'reject', d: 1, reason: 'boom' }]);
    expect(errors.map((error) => error.message)).toEqual(['A handler failed: boom']);
  });

  it('can reject, answer, and acknowledge early', async () => {
    const { live, far } = await start(keeper());
    const gate = Promise.withResolvers<void>();
    live.on('chat', async (incoming) => {
      if (incoming.body === 'bad') incoming.reject('not for me');
      if (incoming.body === 'ask') await incoming.reply({ yes: true });
      if (incoming.body === 'early') {
        incoming.acknowledge();
        await gate.promise;
      }
    });
    far().send(delivered(1), '"bad"');
    far().send(delivered(2), '"ask"');
    far().send(delivered(3), '"early"');
    await until(() => lastAck(far()) === 3);
    gate.resolve();
    expect(framesOf(far(), 'reject')).toEqual([{ t: 'reject', d: 1, reason: 'not for me' }]);
    expect(framesOf(far(), 'send')).toMatchObject([{ to: PEER, replyTo: 'm2', kind: 'chat' }]);
  });

  it('that are removed see nothing more', async () => {
    const { live, far } = await start();
    const seen: string[] = [];
    const remove = live.on('chat', () => void seen.push('removed'));
    live.on('message', () => void seen.push('kept'));
    remove();
    far().send(delivered(1), '1');
    await until(() => lastAck(far()) === 1);
    expect(seen).toEqual(['kept']);
  });

  it('see each message once, however often it is delivered', async () => {
    const { live, far, server } = await start();
    const seen: string[] = [];
    const gate = Promise.withResolvers<void>();
    live.on('chat', async ({ messageId }) => {
      seen.push(messageId);
      if (messageId === 'running') await gate.promise;
      if (messageId === 'bad') throw new Error('bad');
    });
    live.on('error', () => undefined);
    const other = { from: 'ag::default::other::1' };
    far().send(delivered(1, { id: 'bad' }), '1');
    far().send(delivered(2, { id: 'done' }), '1');
    far().send(delivered(3, { id: 'running', ...other }), '1');
    await until(() => lastAck(far()) === 2 && seen.length === 3);
    const again = server.opened();
    far().cut();
    const second = await again;
    second.send(delivered(1, { id: 'running', seq: 3, try: 2, ...other }), '1');
    second.send(delivered(2, { id: 'done', seq: 2, try: 2 }), '1');
    second.send(delivered(3, { id: 'bad', seq: 1, try: 2 }), '1');
    await until(() => framesOf(second, 'reject').length === 1);
    expect(lastAck(second)).toBeUndefined();
    gate.resolve();
    await until(() => lastAck(second) === 3);
    expect(seen.toSorted()).toEqual(['bad', 'done', 'running']);
    // What an operator sends again has another place in the inbox, and is meant.
    second.send(delivered(4, { id: 'bad', seq: 9 }), '1');
    await until(() => lastAck(second) === 4);
    expect(seen.filter((id) => id === 'bad')).toHaveLength(2);
  });

  it('get live messages, and hear of those that were lost', async () => {
    const { live, far } = await start();
    const seen: IncomingMessage[] = [];
    const errors: BonafideError[] = [];
    live.on('progress', (incoming) => void seen.push(incoming));
    live.on('error', (error) => void errors.push(error));
    far().send({ t: 'live', from: PEER, to: 'pg::default', kind: 'progress' }, '{"at":1}');
    far().send({ t: 'lost', count: 7 });
    await until(() => seen.length === 1 && errors.length === 1);
    expect(seen[0]).toMatchObject({ body: { at: 1 }, sequence: undefined });
    expect(errors[0]).toMatchObject({ details: { count: 7 } });
  });

  it('of assignments get none that is malformed, or of anybody but the gateway', async () => {
    const { live, far } = await start();
    const errors: BonafideError[] = [];
    live.on('error', (error) => void errors.push(error));
    live.on('assignment', () => expect.unreachable());
    const from = 'sv::bonafide::gateway';
    far().send(delivered(1, { kind: 'assignment', from }), '{"launchId":1}');
    const forged = {
      ...{ launchId: crypto.randomUUID(), implementation: 'a', profile: 'docker', launchParameters: {} },
      ...{ taskToken: 'bft_x', expiresAt: '2026-01-01T00:00:00.000Z' },
    };
    far().send(delivered(2, { kind: 'assignment' }), JSON.stringify(forged));
    await until(() => framesOf(far(), 'reject').length === 2);
    expect(errors.map(({ code }) => code)).toEqual(['VALIDATION_FAILED', 'FORBIDDEN']);
  });

  it('of other kinds do not let the unheard use up the credit', async () => {
    const { live, far } = await start({}, { credit: 4 });
    live.on('error', () => undefined);
    live.on('chat', () => undefined);
    for (const d of [1, 2, 3]) far().send(delivered(d, { kind: 'control' }), '1');
    await until(() => framesOf(far(), 'reject').length === 1);
    expect(lastAck(far())).toBe(1);
  });
});

describe('receive', () => {
  it('acknowledges a message when the next one is asked for', async () => {
    const { live, far } = await start();
    const messages = live.receive('chat')[Symbol.asyncIterator]();
    const first = messages.next();
    far().send(delivered(1), '1');
    far().send(delivered(2), '2');
    await expect(first).resolves.toMatchObject({ value: { body: 1 } });
    expect(lastAck(far())).toBeUndefined();
    await expect(messages.next()).resolves.toMatchObject({ value: { body: 2 } });
    await until(() => lastAck(far()) === 1);
  });

  it('leaves what was not taken to whoever listens next', async () => {
    const { live, far } = await start();
    for (const d of [1, 2]) far().send(delivered(d), String(d));
    for await (const { body } of live.receive()) {
      expect(body).toBe(1);
      break;
    }
    const seen: unknown[] = [];
    live.on('chat', ({ body }) => void seen.push(body));
    await until(() => lastAck(far()) === 2);
    expect(seen).toEqual([1, 2]);
  });

  it('ends when the session is closed, and throws when it is lost', async () => {
    const { live } = await start();
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const incoming of live.receive()) seen.push(incoming);
    })();
    await live.close();
    await reading;
    const lost = await start();
    const failing = lost.live.receive()[Symbol.asyncIterator]().next();
    lost.far().bye(new BonafideError('REVOKED', 'Gone.'));
    await expect(failing).rejects.toMatchObject({ code: 'REVOKED' });
  });
});
