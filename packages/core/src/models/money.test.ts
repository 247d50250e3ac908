import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatUsdc, parseUsdc } from './money.ts';

describe('money', () => {
  it('reads back every amount it writes', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (units) => {
        expect(parseUsdc(formatUsdc(units))).toBe(units);
      }),
    );
  });

  it.each([
    '',
    '.',
    '1.',
    '.5',
    '-1',
    '+1',
    '0x10',
    '1e3',
    '1,000',
    ' 1',
    '1 ',
    '01',
    '1.0000001',
    '1.-5',
    '٣',
  ])('refuses %j', (text) => {
    expect(() => parseUsdc(text)).toThrow(/no USDC amount/);
  });

  it.each([
    ['0', 0n],
    ['12.50', 12_500_000n],
    ['0.000001', 1n],
  ])('reads %s', (text, units) => {
    expect(parseUsdc(text)).toBe(units);
  });
});
