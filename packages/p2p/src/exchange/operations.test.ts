import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createOperations } from './operations.ts';
import { createExchangePair, type ExchangePair } from './testing/exchange-pair.ts';
import { provider } from './testing/linked-pair.ts';

const { did } = provider;
const counter = { description: 'Counts', input: z.strictObject({ to: z.int() }) };

let exchange: ExchangePair;
let operations: ReturnType<typeof createOperations>;
beforeEach(() => {
  exchange = createExchangePair();
  operations = createOperations({
    connect: async () => exchange.peer,
    get: () => exchange.peer,
    list: () => [exchange.peer],
  });
});
afterEach(() => exchange[Symbol.dispose]());

describe('the operations of peers', () => {
  it('show the state of a peer', async () => {
    const state = { did, state: 'connected', path: 'direct' };
    await exchange.peer.ping();
    expect(await operations.connect({ did }, {})).toEqual(state);
    expect(await operations.list()).toEqual({ items: [state] });
    expect(await operations.close({ did })).toEqual({ did, state: 'closed' });
    expect(await operations.list()).toEqual({ items: [{ did, state: 'closed' }] });
  });

  it('execute without asking for permission again, and return what was streamed', async () => {
    exchange.offered.provide('count', counter, async ({ args, stream, write, bytes }) => {
      for await (const _ of bytes);
      for (let index = 0; index < 100; index++) await write(new Uint8Array(16_384));
      for (let index = 1; index <= args.to; index++) await stream(index);
      return 'done';
    });
    const executed = await operations.execute({ did, capability: 'count', args: { to: 3 } }, {});
    expect(executed).toEqual({
      executionId: expect.any(String),
      result: 'done',
      chunks: [1, 2, 3],
      durationMs: expect.any(Number),
    });
    expect(exchange.requesting.asked).toEqual([]);
    expect(exchange.providing.asked).toHaveLength(1);
  });

  it('do not collect without end', async () => {
    const aborted = Promise.withResolvers<void>();
    exchange.offered.provide('count', counter, async ({ stream, signal }) => {
      signal.addEventListener('abort', () => aborted.resolve());
      for (;;) await stream('x'.repeat(100_000));
    });
    const executed = operations.execute({ did, capability: 'count', args: { to: 3 } }, {});
    await expect(executed).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    await aborted.promise;
  });

  it('send an intent in words or as a task', async () => {
    exchange.offered.onIntent(({ request }) => ({ status: 'declined', message: JSON.stringify(request) }));
    const send = async (input: object) =>
      JSON.parse((await operations.sendIntent({ did, ...input }, {})).message ?? '');
    expect(await send({ query: 'a', context: { b: 1 } })).toEqual({ query: 'a', context: { b: 1 } });
    expect(await send({ task: 'a', params: { b: 1 } })).toEqual({ task: 'a', params: { b: 1 } });
  });

  it.each([
    ['neither', {}],
    ['both', { query: 'a', task: 'b' }],
    ['a context for a task', { task: 'b', context: {} }],
    ['parameters of words', { query: 'a', params: {} }],
  ])('refuse an intent with %s', async (_, input) => {
    const sent = operations.sendIntent({ did, ...input }, {});
    await expect(sent).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});
