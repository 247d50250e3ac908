import { BonafideError } from '@bonafide/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createExchangePair, type ExchangePair } from './testing/exchange-pair.ts';
import { readAll } from './testing/read-all.ts';
import type { ExecutionHandler, IncomingExecution, Json } from './types.ts';

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

describe('what an execution streams', () => {
  it('arrives in order, chunks, progress and bytes each for themselves', async () => {
    provideUpper(async (execution) => {
      execution.report({ fraction: 0.5, step: 'half' });
      for (const character of 'abc') await execution.stream(character);
      await execution.write(new Uint8Array([1, 2]));
      return 'done';
    });
    const execution = exchange.peer.execute(request);
    expect(await execution.result).toBe('done');
    expect(await readAll(execution.chunks)).toEqual(['a', 'b', 'c']);
    expect(await readAll(execution.progress)).toEqual([{ fraction: 0.5, step: 'half' }]);
    expect(Buffer.concat(await readAll(execution.bytes))).toEqual(Buffer.from([1, 2]));
  });

  it('is empty for one that streams nothing', async () => {
    provideUpper();
    const { result, chunks, bytes, progress } = exchange.peer.execute(request);
    await result;
    expect(await Promise.all([readAll(chunks), readAll(bytes), readAll(progress)])).toEqual([[], [], []]);
  });

  it('goes both ways, over a path that was replaced meanwhile', async () => {
    provideUpper(async (execution) => {
      let size = 0;
      for await (const bytes of execution.bytes) {
        size += bytes.length;
        await execution.write(bytes);
      }
      return size;
    });
    const execution = exchange.peer.execute(request);
    const echoed = readAll(execution.bytes);
    for (let index = 0; index < 64; index++) {
      await execution.write(new Uint8Array(16_384).fill(index));
      if (index === 32) exchange.pair.replacePath();
    }
    await execution.end();
    expect(await execution.result).toBe(64 * 16_384);
    const bytes = Buffer.concat(await echoed);
    expect(bytes.every((byte, at) => byte === Math.floor(at / 16_384))).toBe(true);
  });

  it('waits at the peer when nobody reads, and goes on when somebody does', async () => {
    let sent = 0;
    provideUpper(async (execution) => {
      for (; sent < 100; sent++) await execution.stream('x'.repeat(16_384));
      return sent;
    });
    const execution = exchange.peer.execute(request);
    await expect.poll(() => sent).toBeGreaterThan(10);
    // What could still be under way is there now.
    await exchange.peer.ping();
    await exchange.peer.ping();
    expect(sent).toBeLessThan(20);
    expect(await readAll(execution.chunks)).toHaveLength(100);
    expect(await execution.result).toBe(100);
  });

  it('does not hold up the result when its reader had enough', async () => {
    provideUpper(async (execution) => {
      for (let index = 0; index < 100; index++) await execution.stream('x'.repeat(16_384));
      return 'done';
    });
    const execution = exchange.peer.execute(request);
    for await (const _ of execution.chunks) break;
    expect(await execution.result).toBe('done');
  });

  it('keeps of unread progress only the latest', async () => {
    provideUpper(async (execution) => {
      for (let index = 0; index <= 10_000; index++) execution.report({ fraction: index / 10_000 });
    });
    const execution = exchange.peer.execute(request);
    expect(await execution.result).toBe(null);
    const progress = await readAll(execution.progress);
    expect(progress.length).toBeLessThan(65);
    expect(progress.at(-1)).toEqual({ fraction: 1 });
  });

  it('ends with the error of the execution', async () => {
    provideUpper(async (execution) => {
      await execution.stream(1);
      throw new BonafideError('LIMIT_EXCEEDED', 'Enough.');
    });
    const { result, chunks } = exchange.peer.execute(request);
    await expect(readAll(chunks)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    await expect(result).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  it('cannot go on after it', async () => {
    const late = Promise.withResolvers<IncomingExecution<unknown>>();
    provideUpper((execution) => late.resolve(execution));
    await exchange.peer.execute(request).result;
    const execution = await late.promise;
    execution.report({ fraction: 1 });
    await expect(execution.stream(1)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(execution.write(new Uint8Array(1))).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it.each([
    ['a piece that is too large', 'x'.repeat(1_100_000) as Json, 'PAYLOAD_TOO_LARGE'],
    ['what is not JSON', (() => 1) as unknown as Json, 'INTERNAL'],
  ])('is refused for %s', async (_, value, code) => {
    provideUpper(async (execution) => execution.stream(value));
    await expect(exchange.peer.execute(request).result).rejects.toMatchObject({ code });
  });

  it('is refused for a result that no message carries', async () => {
    provideUpper(() => 'x'.repeat(1_100_000));
    await expect(exchange.peer.execute(request).result).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  });

  it('can still be read when it is cancelled after its end', async () => {
    provideUpper(async (execution) => execution.stream('a'));
    const execution = exchange.peer.execute(request);
    await execution.result;
    execution.cancel();
    expect(await readAll(execution.chunks)).toEqual(['a']);
  });
});
