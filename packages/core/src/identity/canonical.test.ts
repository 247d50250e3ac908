import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BonafideError } from '../errors.ts';
import { canonicalize, digestOf } from './canonical.ts';

test('keeps the value and depends on nothing but the value', () => {
  const reordered = (value: unknown) => JSON.parse(JSON.stringify(value), (_, each) => shuffle(each));
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalize(value);
      expect(canonicalize(JSON.parse(text))).toBe(text);
      expect(canonicalize(reordered(value))).toBe(text);
      expect(digestOf(reordered(value))).toBe(digestOf(value));
    }),
  );
});

test('refuses what JSON cannot carry', () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const refused = [
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1n,
    () => 1,
    Symbol('x'),
    cycle,
    { a: Number.NaN },
    ['\ud800'],
  ];
  for (const value of refused) expect(() => canonicalize(value)).toThrow(BonafideError);
});

test('digests as SHA-256 in base64url', () => {
  expect(digestOf({})).toBe('RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o');
});

function shuffle(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).reverse());
}
