import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob } from './glob.ts';

describe('matchesGlob', () => {
  it.each([
    ['db.read_*', 'db.read_users', true],
    ['db.read_*', 'db.read_', true],
    ['db.read_*', 'db.write_users', false],
    ['DB.Read_*', 'db.READ_users', true],
    ['*', 'anything', true],
    ['*', '', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['a.b', 'axb', false],
    ['*.delete', 'user.delete.not', false],
    ['ﬁle.read', 'file.read', true],
    ['', 'a', false],
  ])('%s against %s: %s', (pattern, text, expected) => {
    expect(matchesGlob(pattern, text)).toBe(expected);
  });

  it('agrees with a regular expression', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), maxLength: 12 });
    fc.assert(
      fc.property(
        letters,
        fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 12 }),
        (pattern, text) => {
          const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*');
          expect(matchesGlob(pattern, text)).toBe(new RegExp(`^${source}$`).test(text));
        },
      ),
    );
  });

  it('ends on a pattern that would keep a regular expression busy for ever', () => {
    expect(matchesGlob(`${'*a'.repeat(250)}b`, 'a'.repeat(500))).toBe(false);
  });
});
