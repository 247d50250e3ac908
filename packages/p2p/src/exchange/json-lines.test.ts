import { BonafideError } from '@bonafide/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_LINE_BYTES, readLines, writeLine } from './json-lines.ts';
import { readAll } from './testing/read-all.ts';

async function written(values: readonly unknown[]): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const stream = { write: async (bytes: Uint8Array) => void parts.push(bytes) };
  for (const value of values) await writeLine(stream, value);
  return new Uint8Array(Buffer.concat(parts));
}

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (let turn = 0; start < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(start, start + size);
    start += size;
  }
}

const read = (bytes: Uint8Array, sizes: readonly number[]) =>
  readAll(readLines(cut(bytes, sizes), (what) => new BonafideError('INTERNAL', what)));

describe('lines of JSON', () => {
  it('come out as they went in, wherever they are cut', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });
    const values = fc.array(fc.jsonValue(), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(values, sizes, async (given, cuts) => {
        expect(await read(await written(given), cuts)).toEqual(JSON.parse(JSON.stringify(given)));
      }),
    );
  });

  it('are refused when too long, before they are complete', async () => {
    const endless = new Uint8Array(MAX_LINE_BYTES + 1).fill(48);
    await expect(read(endless, [16_384])).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(written(['x'.repeat(MAX_LINE_BYTES)])).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  });

  it.each([
    ['no JSON', '{"a":\n'],
    ['an unfinished line', '{"a":1}'],
  ])('are refused when they are %s', async (_, text) => {
    await expect(read(new TextEncoder().encode(text), [3])).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});
