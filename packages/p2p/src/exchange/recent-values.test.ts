import { describe, expect, it } from 'vitest';
import { createRecentValues } from './recent-values.ts';
import { readAll } from './testing/read-all.ts';

describe('recent values', () => {
  it('are the latest of those that were not read', async () => {
    const recent = createRecentValues<number>(3);
    for (let value = 0; value < 10; value++) recent.push(value);
    recent.end();
    recent.push(10);
    expect(await readAll(recent)).toEqual([7, 8, 9]);
  });

  it('reach a reader that waits, each once', async () => {
    const recent = createRecentValues<number>(3);
    const reader = recent[Symbol.asyncIterator]();
    for (let value = 0; value < 5; value++) {
      const next = reader.next();
      recent.push(value);
      expect(await next).toEqual({ done: false, value });
    }
    const last = reader.next();
    recent.end();
    expect(await last).toMatchObject({ done: true });
  });
});
