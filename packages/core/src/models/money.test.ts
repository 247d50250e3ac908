import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatUsdc, parseUsdc } from './money.ts';

const shortest = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

describe('money', () => {
  it('reads back every amount it writes', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (units) => {
        expect(parseUsdc(formatUsdc(units))).toBe(units);
      }),
    );
  });

  it('takes digits with at most six decimals and nothing else', () => {
    const strict = /^(0|[1-9][0-9]{0,71})([.][0-9]{1,6})?$/;
    const alphabet = [...'0123456789.,+-eExX_ \n\u0660\uff11\u00b2n'];
    const nearly = fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 12 });
    fc.assert(
      fc.property(fc.oneof(nearly, fc.string(), fc.double().map(String)), (text) => {
        if (strict.test(text)) expect(formatUsdc(parseUsdc(text))).toBe(shortest(text));
        else expect(() => parseUsdc(text)).toThrow(/no USDC amount/);
      }),
    );
  });

  it('keeps order and sums exactly, at any size', () => {
    const units = fc.bigInt({ min: 0n, max: 2n ** 255n });
    fc.assert(
      fc.property(units, units, (one, other) => {
        const [first, second] = [parseUsdc(formatUsdc(one)), parseUsdc(formatUsdc(other))];
        expect(first < second).toBe(one < other);
        expect(formatUsdc(first + second)).toBe(formatUsdc(one + other));
      }),
    );
  });

  it('counts a million units to the dollar, whatever the digits', () => {
    const digits = fc.integer({ min: 0, max: 999_999 });
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 200n }), digits, (whole, fraction) => {
        const text = `${whole}.${String(fraction).padStart(6, '0')}`;
        expect(parseUsdc(text)).toBe(whole * 1_000_000n + BigInt(fraction));
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
