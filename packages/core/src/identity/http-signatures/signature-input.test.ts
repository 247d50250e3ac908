import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AuthenticationError } from '../../errors.ts';
import { formatSignatureParameters, parseSignatureInput } from './signature-input.ts';

const name = fc.stringMatching(/^@?[a-z0-9!#$%&'*+.^_`|~-]{1,20}$/);
const key = fc.stringMatching(/^[a-z*][a-z0-9_.*-]{0,10}$/);
const value = fc.oneof(
  fc.integer({ min: -999_999_999, max: 999_999_999 }),
  fc.stringMatching(/^[ !#-[\]-~]{0,40}$/),
);

test('reads back what it writes, whatever the values hold', () => {
  const components = fc.uniqueArray(name, { maxLength: 8 });
  const parameters = fc.dictionary(key, value, { maxKeys: 8, noNullPrototype: true });
  fc.assert(
    fc.property(key, components, parameters, (label, names, values) => {
      const text = formatSignatureParameters(names, values);
      const input = parseSignatureInput(`${label}=${text}`);
      expect(input).toEqual({ label, text, components: names, parameters: values });
    }),
  );
});

test('takes or refuses any text, and never throws anything else', () => {
  const pieces = fc.constantFrom(
    'sig1',
    '=',
    '(',
    ')',
    '"@path"',
    '"a"',
    ' ',
    ';',
    ',',
    'created',
    '1',
    '"x"',
    '"',
    '\\',
    '?0',
    ':',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 24 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (header) => {
      try {
        const input = parseSignatureInput(header);
        expect(
          `${input.label}=${formatSignatureParameters(input.components, input.parameters)}`,
        ).toHaveLength(header.length);
      } catch (error) {
        expect(error).toBeInstanceOf(AuthenticationError);
      }
    }),
    { numRuns: 2000 },
  );
});

test('long hostile input is refused quickly, without backtracking', () => {
  const hostile = [
    `sig1=(${'"a" '.repeat(50_000)}`,
    `sig1=()${';a="b"'.repeat(50_000)}!`,
    '('.repeat(200_000),
  ];
  for (const header of hostile) expect(() => parseSignatureInput(header)).toThrow(AuthenticationError);
});
