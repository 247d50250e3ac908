import { BonafideError, VerificationError } from '@bonafide/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { answersOf } from './testing/answers-of.ts';
import { createExchangePair, type ExchangePair } from './testing/exchange-pair.ts';
import { provider, requester } from './testing/linked-pair.ts';
import { readAll } from './testing/read-all.ts';
import type { ExecutionHandler, IncomingExecution } from './types.ts';

const input = z.strictObject({ text: z.string() });
const upper = { description: 'Makes text upper case', input, risk: 'low' as const };
const request = { capability: 'upper', args: { text: 'hi' } };

let exchange: ExchangePair;
beforeEach(() => {
  exchange = createExchangePair();
});
afterEach(() => exchange[Symbol.dispose]());

type Run = ExecutionHandler<z.infer<typeof input>>;
const provideUpper = (run: Run = ({ args }) => args.text.toUpperCase()) =>
  exchange.offered.provide('upper', upper, run);

/** A handler that runs until its signal ends it, and what it was called with. */
function endlessHandler() {
  const started = Promise.withResolvers<IncomingExecution<unknown>>();
  const ended = Promise.withResolvers<unknown>();
  const run = (execution: IncomingExecution<unknown>): Promise<never> => {
    started.resolve(execution);
    const { signal } = execution;
    signal.addEventListener('abort', () => ended.resolve(signal.reason));
    return ended.promise.then((reason) => Promise.reject(reason));
  };
  return { run, started: started.promise, ended: ended.promise };
}

describe('an execution', () => {
  it('is permitted and reported on both sides, and returns the result', async () => {
    provideUpper();
    expect(await exchange.peer.execute(request).result).toBe('HI');
    const { requesting, providing } = exchange;
    const args = { text: 'hi' };
    expect(requesting.asked).toEqual([
      {
        action: 'peers.execute',
        risk: 'medium',
        parameters: { did: provider.did, capability: 'upper', args },
      },
    ]);
    expect(providing.asked).toEqual([
      {
        action: 'peers.serve:upper',
        resource: requester.did,
        risk: 'low',
        parameters: { did: requester.did, capability: 'upper', args },
      },
    ]);
    expect([requesting.outcomes, providing.outcomes]).toEqual([[{ result: 'HI' }], [{ result: 'HI' }]]);
  });

  it('is sent as it was permitted, whatever becomes of the arguments meanwhile', async () => {
    const args = { text: 'hi' };
    exchange = createExchangePair({ permit: () => Object.assign(args, { text: 'changed' }) });
    provideUpper();
    expect(await exchange.peer.execute({ capability: 'upper', args }).result).toBe('HI');
  });

  it('runs nowhere when it is denied here', async () => {
    const deny = () => Promise.reject(new VerificationError('Not today.'));
    exchange = createExchangePair({ permit: deny });
    const runs: unknown[] = [];
    provideUpper((execution) => runs.push(execution));
    const execution = exchange.peer.execute(request);
    await expect(execution.result).rejects.toMatchObject({ code: 'DENIED', message: 'Not today.' });
    await expect(execution.write(new Uint8Array(1))).rejects.toMatchObject({ code: 'DENIED' });
    expect(await readAll(execution.progress)).toEqual([]);
    await expect(readAll(execution.chunks)).rejects.toMatchObject({ code: 'DENIED' });
    expect([runs, exchange.providing.asked]).toEqual([[], []]);
  });

  it('runs not when it is denied there, and does not say why', async () => {
    const deny = () => Promise.reject(new VerificationError('Rule 7: nobody called bob.'));
    exchange = createExchangePair({ permitServing: deny });
    const runs: unknown[] = [];
    provideUpper((execution) => runs.push(execution));
    await expect(exchange.peer.execute(request).result).rejects.toMatchObject({
      code: 'DENIED',
      details: { by: 'peer', from: provider.did, reason: 'The peer may not do this for you.' },
    });
    expect(runs).toEqual([]);
    expect(exchange.requesting.outcomes).toEqual([{ error: expect.objectContaining({ code: 'DENIED' }) }]);
  });

  it.each([
    ['arguments that do not fit', { capability: 'upper', args: { text: 7 } }, 'VALIDATION_FAILED'],
    ['a capability that is not offered', { capability: 'lower' }, 'NOT_FOUND'],
    ['an intent that nobody replied to', { ...request, intentId: 'none' }, 'NOT_FOUND'],
  ])('is refused with %s', async (_, refused, code) => {
    provideUpper();
    await expect(exchange.peer.execute(refused).result).rejects.toMatchObject({ code });
    expect(exchange.providing.asked).toEqual([]);
  });

  it.each([
    ['what is not JSON', { capability: 'upper', args: { text: 7n } }],
    ['no name of a capability', { capability: 'UPPER' }],
  ])('is not sent with %s', async (_, refused) => {
    await expect(exchange.peer.execute(refused).result).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(exchange.requesting.asked).toEqual([]);
  });

  it('says which arguments were wrong', async () => {
    provideUpper();
    await expect(exchange.peer.execute({ capability: 'upper' }).result).rejects.toMatchObject({
      issues: [{ path: 'text', message: expect.any(String) }],
    });
  });

  it('tells errors of ours with code and text, and of others nothing', async () => {
    const reasons: Error[] = [new BonafideError('LIMIT_EXCEEDED', 'Too long.'), new Error('secret: hunter2')];
    provideUpper(() => Promise.reject(reasons.shift()));
    await expect(exchange.peer.execute(request).result).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      details: { reason: 'Too long.' },
    });
    const failed = exchange.peer.execute(request).result;
    await expect(failed).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(failed).rejects.not.toMatchObject({
      details: { reason: expect.stringContaining('hunter2') },
    });
    expect(exchange.errors).toMatchObject([{ message: 'secret: hunter2' }]);
    expect(exchange.providing.outcomes).toMatchObject([
      { error: {} },
      { error: { message: 'secret: hunter2' } },
    ]);
  });

  it('does not return what does not fit the published result', async () => {
    const output = z.object({ text: z.string() });
    exchange.offered.provide('broken', { ...upper, output }, () => ({ text: 7 }));
    exchange.offered.provide('strips', { ...upper, output }, () => ({ text: 'a', secret: 'b' }));
    const run = (capability: string) => exchange.peer.execute({ ...request, capability }).result;
    await expect(run('broken')).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await run('strips')).toEqual({ text: 'a' });
  });

  it('that nobody looks at does no harm', async () => {
    provideUpper(() => Promise.reject(new Error('lost')));
    exchange.peer.execute(request);
    await expect.poll(() => exchange.requesting.outcomes).toHaveLength(1);
  });
});

describe('an execution ends', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('when it is cancelled, there with the reason', async () => {
    const { run, started, ended } = endlessHandler();
    provideUpper(run);
    const execution = exchange.peer.execute(request);
    await started;
    execution.cancel('changed my mind');
    await expect(execution.result).rejects.toMatchObject({ message: 'Cancelled: changed my mind' });
    await expect(ended).resolves.toMatchObject({ message: expect.stringContaining('changed my mind') });
    await expect.poll(() => exchange.providing.outcomes).toMatchObject([{ error: { code: 'CONFLICT' } }]);
  });

  it('when the signal of its caller is aborted, also while permission is asked', async () => {
    const asking = Promise.withResolvers<AbortSignal | undefined>();
    const permit = (_: unknown, signal: AbortSignal | undefined) => {
      asking.resolve(signal);
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    };
    exchange = createExchangePair({ permit });
    const caller = new AbortController();
    const { result } = exchange.peer.execute(request, { signal: caller.signal });
    await asking.promise;
    caller.abort();
    await expect(result).rejects.toMatchObject({ code: 'CONFLICT' });
    const again = exchange.peer.execute(request, { signal: caller.signal }).result;
    await expect(again).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('when its time is over, on both sides', async () => {
    const { run, started, ended } = endlessHandler();
    provideUpper(run);
    const { result } = exchange.peer.execute(request, { timeoutMs: 5_000 });
    const refused = expect(result).rejects.toMatchObject({ code: 'TIMEOUT' });
    await started;
    await vi.advanceTimersByTimeAsync(5_000);
    await refused;
    await ended;
  });

  it('when its time is over there although its requester waits on', async () => {
    const { run, started, ended } = endlessHandler();
    provideUpper(run);
    const { link } = exchange.pair.here;
    const answered = answersOf(link, 'E1');
    const start = { action: 'start' as const, capability: 'upper', args: { text: 'a' }, timeoutMs: 5_000 };
    link.send({ type: 'EXEC_REQUEST', id: 'E1', request: start });
    await started;
    await vi.advanceTimersByTimeAsync(5_000);
    await expect(ended).resolves.toMatchObject({ code: 'TIMEOUT' });
    await expect.poll(() => answered.at(-1)).toMatchObject({ status: 'error', problem: { code: 'TIMEOUT' } });
  });

  it('when the link closes', async () => {
    const { run, started, ended } = endlessHandler();
    provideUpper(run);
    const { result, chunks } = exchange.peer.execute(request);
    await started;
    await exchange.peer.close('bye');
    await expect(result).rejects.toMatchObject({ message: 'The channel was closed: bye' });
    await expect(readAll(chunks)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(ended).resolves.toMatchObject({ code: 'UNAVAILABLE' });
    await expect.poll(() => exchange.providing.outcomes).toHaveLength(1);
    expect(exchange.peer.state).toBe('closed');
    await expect(exchange.peer.execute(request).result).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
