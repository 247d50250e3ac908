import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { answersOf } from './testing/answers-of.ts';
import { createExchangePair, type ExchangePair } from './testing/exchange-pair.ts';
import { provider, requester } from './testing/linked-pair.ts';
import type { ExecutionHandler } from './types.ts';

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

describe('who provides', () => {
  it('runs a request that comes twice once, and answers it again', async () => {
    let runs = 0;
    provideUpper(() => ++runs);
    const answered = answersOf(exchange.pair.here.link, 'E1');
    const start = { action: 'start' as const, capability: 'upper', args: { text: 'a' }, timeoutMs: 1_000 };
    const send = () => exchange.pair.here.link.send({ type: 'EXEC_REQUEST', id: 'E1', request: start });
    send();
    send();
    await expect.poll(() => answered.filter(({ status }) => status === 'success')).toHaveLength(1);
    send();
    await expect.poll(() => answered.filter(({ status }) => status === 'success')).toHaveLength(2);
    expect(runs).toBe(1);
  });

  it('runs only so many at once, and refuses when too many wait', async () => {
    const gate = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    exchange.offered.provide('slow', { ...upper, concurrency: 2 }, async () => {
      most = Math.max(most, ++running);
      await gate.promise;
      running--;
    });
    const results = Array.from(
      { length: 40 },
      () => exchange.peer.execute({ ...request, capability: 'slow' }).result,
    );
    const settled = Promise.allSettled(results);
    await expect.poll(() => exchange.requesting.outcomes.length).toBe(6);
    gate.resolve();
    const outcomes = await settled;
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(6);
    expect(refused[0]).toMatchObject({ reason: { code: 'RATE_LIMITED' } });
    expect(most).toBe(2);
  });

  it('keeps the slot of a handler that does not stop', async () => {
    const stop = Promise.withResolvers<void>();
    const runs: string[] = [];
    exchange.offered.provide('slow', { ...upper, concurrency: 1 }, ({ args }) => {
      runs.push(args.text);
      return stop.promise;
    });
    const slow = (text: string) => exchange.peer.execute({ capability: 'slow', args: { text } });
    const first = slow('first');
    await expect.poll(() => runs).toEqual(['first']);
    first.cancel();
    await expect(first.result).rejects.toMatchObject({ code: 'CONFLICT' });
    const second = slow('second').result;
    await expect.poll(() => exchange.providing.asked).toHaveLength(2);
    expect(runs).toEqual(['first']);
    stop.resolve();
    await second;
    expect(runs).toEqual(['first', 'second']);
  });

  it('runs nothing for an agent that was revoked, or has another key', async () => {
    provideUpper();
    await exchange.peer.execute(request).result;
    exchange.providing.records.set(requester.agentId, { did: requester.did, status: 'revoked' });
    expect(await exchange.peer.execute(request).result).toBe('HI');
    exchange.setNow(Date.now() + 61_000);
    await expect(exchange.peer.execute(request).result).rejects.toMatchObject({ code: 'REVOKED' });
    exchange.providing.records.set(requester.agentId, { did: provider.did, status: 'active' });
    await expect(exchange.peer.execute(request).result).rejects.toMatchObject({ code: 'REVOKED' });
    exchange.providing.records.delete(requester.agentId);
    await expect(exchange.peer.sendIntent('hello?')).rejects.toMatchObject({ code: 'REVOKED' });
  });

  it('provides each capability once, under a name that can be asked for', () => {
    const remove = provideUpper();
    expect(() => provideUpper()).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    remove();
    provideUpper();
    const provide = (name: string, concurrency = 1) =>
      exchange.offered.provide(name, { ...upper, concurrency }, () => 1);
    expect(() => provide('UPPER')).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
    expect(() => provide('other', 0)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
    expect(Object.keys(exchange.offered.capabilities)).toEqual(['upper']);
  });

  it('leaves when what runs is done, and takes nothing new', async () => {
    const gate = Promise.withResolvers<void>();
    provideUpper(async () => gate.promise);
    const running = exchange.peer.execute(request).result;
    await expect.poll(() => exchange.providing.asked).toHaveLength(1);
    let isDrained = false;
    const drained = exchange.offered.drain().then(() => {
      isDrained = true;
    });
    await expect(exchange.peer.execute(request).result).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(exchange.peer.sendIntent('?')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(isDrained).toBe(false);
    gate.resolve();
    await drained;
    expect(await running).toBe(null);
  });
});
