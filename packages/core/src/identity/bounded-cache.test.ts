import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoundedCache } from './bounded-cache.ts';

test('keeps what is in use and forgets the rest', () => {
  const created: string[] = [];
  const cache = new BoundedCache<string>(4);
  const create = (key: string) => {
    created.push(key);
    return key;
  };
  for (const key of ['hot', 'a', 'hot', 'b', 'hot', 'c', 'hot', 'd', 'hot', 'a'])
    cache.getOrCreate(key, create);
  expect(created).toEqual(['hot', 'a', 'b', 'c', 'd', 'a']);
});

test('what could not be made is not kept', () => {
  const cache = new BoundedCache<number>(2);
  const fail = () => {
    throw new Error('no');
  };
  expect(() => cache.getOrCreate('a', fail)).toThrow('no');
  expect(cache.getOrCreate('a', () => 1)).toBe(1);
});

test('always answers with the value of the key', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20 })), fc.integer({ min: 2, max: 8 }), (keys, limit) => {
      const cache = new BoundedCache<number>(limit);
      for (const key of keys) expect(cache.getOrCreate(String(key), Number)).toBe(key);
    }),
  );
});
