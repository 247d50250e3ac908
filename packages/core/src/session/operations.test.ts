import { describe, expect, it } from 'vitest';
import { framesOf, startLiveSession, until } from '../../test-support/live-session.ts';
import type { FarSession, SessionScript } from '../../test-support/session-server.ts';
import { BonafideError } from '../errors.ts';
import { toProblem } from '../problem.ts';
import type { CallFrame, OpenFrame } from '../protocol/index.ts';

const entry = { key: 'a', value: 1, version: 1 };
const problem = (code: ConstructorParameters<typeof BonafideError>[0]) =>
  toProblem(new BonafideError(code, 'No.'));

function onCall(answer: (frame: CallFrame, session: FarSession, body: string) => void): SessionScript {
  return {
    onFrame: ({ frame, body }, session) => {
      if (frame.t === 'call') answer(frame, session, body);
    },
  };
}

const deleted = (frame: CallFrame, session: FarSession) =>
  session.send({ t: 'result', n: frame.n }, JSON.stringify({ isDeleted: true }));
const remove = { key: 'a', scope: 'workspace' } as const;

describe('an operation over a session', () => {
  it('goes out as a call with an idempotency key, and comes back parsed', async () => {
    await using started = await startLiveSession(onCall(deleted));
    await expect(started.live.kv.delete(remove)).resolves.toEqual({ isDeleted: true });
    const [call] = framesOf(started.far(), 'call');
    expect(call).toMatchObject({ op: 'kv.delete', key: expect.any(String) });
    expect(JSON.parse(started.far().received[0]?.body ?? '')).toMatchObject(remove);
  });

  it('refuses input that does not fit before anything is sent', async () => {
    await using started = await startLiveSession();
    await expect(started.live.kv.delete({ key: '' } as never)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    expect(started.far().received).toEqual([]);
  });

  it('rejects with the problem, as the error that it is', async () => {
    await using started = await startLiveSession(
      onCall(({ n }, session) => session.send({ t: 'problem', n, problem: problem('FORBIDDEN') })),
    );
    await expect(started.live.kv.delete(remove)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('is asked again under the same key after a lost connection, and while the first still runs', async () => {
    const keys: (string | undefined)[] = [];
    await using started = await startLiveSession(
      onCall((frame, session) => {
        keys.push(frame.key);
        if (keys.length === 1) session.cut();
        else if (keys.length < 6) session.send({ t: 'problem', n: frame.n, problem: problem('IN_PROGRESS') });
        else deleted(frame, session);
      }),
    );
    await started.live.kv.delete(remove, { idempotencyKey: 'once' });
    expect(keys).toEqual(Array.from({ length: 6 }, () => 'once'));
  });

  it('gives up what is refused again and again', async () => {
    let calls = 0;
    await using started = await startLiveSession(
      onCall(({ n }, session) => {
        calls += 1;
        session.send({ t: 'problem', n, problem: problem('UNAVAILABLE') });
      }),
      { retry: { limit: 2, baseDelayMs: 1 } },
    );
    await expect(started.live.kv.delete(remove)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(calls).toBe(3);
  });

  it('is cancelled when its time is over or its signal aborted', async () => {
    await using started = await startLiveSession();
    const { live, far } = started;
    const late = live.kv.delete(remove, { timeoutMs: 1, idempotencyKey: 'k' });
    await expect(late).rejects.toMatchObject({ code: 'TIMEOUT', details: { idempotencyKey: 'k' } });
    const controller = new AbortController();
    const aborted = live.kv.delete(remove, { signal: controller.signal });
    await until(() => framesOf(far(), 'call').length === 2);
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    await until(() => framesOf(far(), 'cancel').length === 2);
  });

  it('is not refused because there are many', async () => {
    let most = 0;
    let open = 0;
    await using started = await startLiveSession(
      onCall((frame, session) => {
        open += 1;
        most = Math.max(most, open);
        setImmediate(() => {
          open -= 1;
          deleted(frame, session);
        });
      }),
    );
    await Promise.all(Array.from({ length: 1500 }, () => started.live.kv.delete(remove)));
    expect(most).toBeLessThanOrEqual(512);
  });

  it('without waiting tells its failure to error handlers', async () => {
    await using started = await startLiveSession(
      onCall(({ n }, session) => session.send({ t: 'problem', n, problem: problem('FORBIDDEN') })),
    );
    const failed = Promise.withResolvers<BonafideError>();
    started.live.on('error', failed.resolve);
    expect(started.live.nowait.kv.delete(remove)).toBeUndefined();
    await expect(failed.promise).resolves.toMatchObject({ code: 'FORBIDDEN' });
    expect('watch' in started.live.nowait.kv).toBe(false);
  });

  it('that is local runs here', async () => {
    await using started = await startLiveSession();
    await expect(started.live.usdc.transfer({ to: 'no' } as never)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    expect(started.far().received).toEqual([]);
  });
});

describe('a stream over a session', () => {
  /** An endless count, from the cursor on, within the credit. */
  function counter(): SessionScript & { readonly opens: OpenFrame[] } {
    const opens: OpenFrame[] = [];
    const credit = new Map<number, number>();
    const at = new Map<number, number>();
    const pour = (n: number, session: FarSession): void => {
      while ((credit.get(n) ?? 0) > 0) {
        const id = (at.get(n) ?? 0) + 1;
        at.set(n, id);
        credit.set(n, (credit.get(n) ?? 0) - 1);
        session.send(
          { t: 'item', n, id: String(id) },
          JSON.stringify({ change: 'put', entry: { ...entry, id } }),
        );
      }
    };
    return {
      opens,
      onFrame: ({ frame }, session) => {
        if (frame.t === 'open') {
          opens.push(frame);
          at.set(frame.n, Number(frame.cursor ?? 0));
          credit.set(frame.n, frame.credit);
          pour(frame.n, session);
        }
        if (frame.t === 'more') {
          credit.set(frame.n, (credit.get(frame.n) ?? 0) + frame.count);
          pour(frame.n, session);
        }
      },
    };
  }

  const anything = { parse: (value: unknown) => value };
  const watch = async () => {
    const { watchKeys } = { watchKeys: (await import('../operations/index.ts')).findOperation('kv.watch') };
    if (watchKeys?.kind !== 'stream') throw new Error('kv.watch is a stream.');
    // What its items look like is not what is tested here.
    const output = { safeParse: (data: unknown) => ({ success: true, data }), ...anything };
    return { ...watchKeys, output: output as never };
  };

  it('goes on from its cursor after each lost connection, and misses and repeats nothing', async () => {
    const script = counter();
    await using started = await startLiveSession(script);
    const seen: number[] = [];
    for await (const item of started.live.stream(await watch(), { scope: 'workspace' })) {
      const { entry: found } = item as { entry: { id: number } };
      seen.push(found.id);
      if (seen.length === 10 || seen.length === 100) {
        const again = started.server.opened();
        started.far().cut();
        await again;
      }
      if (seen.length === 300) break;
    }
    expect(seen).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    expect(script.opens).toHaveLength(3);
    expect(script.opens[0]?.cursor).toBeUndefined();
    await until(() => framesOf(started.far(), 'cancel').length === 1);
  });

  it('ends with the gateway, tells gaps, and throws what cannot be resumed', async () => {
    await using started = await startLiveSession({
      onFrame: ({ frame, body }, session) => {
        if (frame.t !== 'open') return;
        const { prefix } = JSON.parse(body);
        if (prefix === 'gap') session.send({ t: 'reset', n: frame.n, oldest: '7' });
        if (prefix === 'bad') session.send({ t: 'problem', n: frame.n, problem: problem('FORBIDDEN') });
        session.send({ t: 'end', n: frame.n });
      },
    });
    const operation = await watch();
    const read = async (prefix: string, options = {}) => {
      const items: unknown[] = [];
      for await (const item of started.live.stream(operation, { scope: 'workspace', prefix }, options))
        items.push(item);
      return items;
    };
    await expect(read('end')).resolves.toEqual([]);
    await expect(read('bad')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(read('gap')).rejects.toMatchObject({ code: 'EXPIRED', details: { oldest: '7' } });
    const gaps: unknown[] = [];
    await read('gap', { onGap: (gap: unknown) => void gaps.push(gap) });
    expect(gaps).toEqual([{ oldest: '7' }]);
  });

  it('throws when the session ends, and when its signal is aborted', async () => {
    await using started = await startLiveSession();
    const operation = await watch();
    const first = started.live.stream(
      operation,
      { scope: 'workspace' },
      { signal: AbortSignal.abort(new Error('enough')) },
    );
    await expect(first[Symbol.asyncIterator]().next()).rejects.toThrow('enough');
    const second = started.live.stream(operation, { scope: 'workspace' })[Symbol.asyncIterator]().next();
    const rejected = expect(second).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    await until(() => framesOf(started.far(), 'open').length === 1);
    await started.live.close();
    await rejected;
  });
});
