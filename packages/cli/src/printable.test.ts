import fc from 'fast-check';
import { expect, it } from 'vitest';
import { printable, printableJson } from './printable.ts';

it.each([
  ['colours and cursor moves', 'pay\u001b[2K\u001b[1Apay 1', 'pay\\u001b[2K\\u001b[1Apay 1'],
  ['C1 controls', 'a\u009b31mb', 'a\\u009b31mb'],
  ['text that runs backwards', 'to \u202eecila', 'to \\u202eecila'],
  ['invisible letters', 'a\u200bb', 'a\\u200bb'],
  ['line breaks', 'a\nb\u2028c', 'a\\u000ab\\u2028c'],
  ['tags beyond the BMP', 'a\u{e0041}', 'a\\udb40\\udc41'],
])('shows %s', (_what, text, shown) => {
  expect(printable(text)).toBe(shown);
});

it('leaves words of any language alone', () => {
  expect(printable('Zażółć, 日本語, ñandú – 12,50 €')).toBe('Zażółć, 日本語, ñandú – 12,50 €');
});

it('keeps the value of JSON and shows nothing unsafe', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = printableJson(value, 2);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }),
  );
});
