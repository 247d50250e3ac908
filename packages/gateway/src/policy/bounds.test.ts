import { beforeAll, describe, expect, it } from 'vitest';
import { findExcess } from './bounds.ts';
import { type Cedar, loadCedar } from './cedar.ts';
import { lintPolicies } from './lint.ts';

let cedar: Cedar;
beforeAll(() => {
  cedar = loadCedar().cedar;
});

const when = (condition: string) => `@id("a") forbid (principal, action, resource) when { ${condition} };`;

/** Shapes that grow; each crashed the engine at some size. */
const shapes: Record<string, (size: number) => string> = {
  brackets: (size) => when(`${'('.repeat(size)}true${')'.repeat(size)}`),
  'brackets never closed': (size) => when('('.repeat(size)),
  negations: (size) => when(`${'!'.repeat(size)}true`),
  'negated brackets': (size) => when(`${'!('.repeat(size)}true${')'.repeat(size)}`),
  minuses: (size) => when(`${'-'.repeat(size)}1 == 1`),
  conjunctions: (size) => when(Array(size).fill('context.approved').join(' && ')),
  sums: (size) => when(`${Array(size).fill('1').join('+')} == 1`),
  'nested ifs': (size) => when(`${'if true then '.repeat(size)}true${' else true'.repeat(size)}`),
  'chained ifs': (size) => when(`${'if true then true else '.repeat(size)}true`),
  sets: (size) => when(`${'['.repeat(size)}1${']'.repeat(size)}.isEmpty()`),
  records: (size) => when(`${'{a: '.repeat(size)}1${'}'.repeat(size)} == {a: 1}`),
  attributes: (size) => when(`context.parameters${'.a'.repeat(size)} == 1`),
  'attributes with comments between': (size) => when(`context.parameters${'// x\n.a'.repeat(size)} == 1`),
  indexes: (size) => when(`context${'["a"]'.repeat(size)} == 1`),
  methods: (size) => when(`[1]${'.containsAll([1])'.repeat(size)}`),
  'attributes that are tested': (size) => when(`context has parameters${'.a'.repeat(size)}`),
  'brackets after a comment that a carriage return ends': (size) => `// x\r${when('('.repeat(size))}`,
  conditions: (size) =>
    `@id("a") forbid (principal, action, resource) ${'when { context.approved } '.repeat(size)};`,
  annotations: (size) =>
    `${Array.from({ length: size }, (_, index) => `@a${index}("x")`).join(' ')} forbid (principal, action, resource);`,
  policies: (size) =>
    Array.from({ length: size }, (_, index) => when('context.approved').replace('"a"', `"p${index}"`)).join(
      '\n',
    ),
};

describe.each(Object.entries(shapes))('%s', (_, shape) => {
  it('too many never reach the engine', () => {
    const [issue] = lintPolicies(cedar, shape(3000));
    expect(issue).toMatchObject({ severity: 'error', line: expect.any(Number) });
    expect(issue?.message).toMatch(/^(Too deep|More than)/);
  });

  it('as many as are let through do it no harm', () => {
    let [fits, exceeds] = [1, 3000];
    while (exceeds - fits > 1) {
      const middle = Math.floor((fits + exceeds) / 2);
      if (findExcess(shape(middle))) exceeds = middle;
      else fits = middle;
    }
    lintPolicies(cedar, shape(fits));
    expect(lintPolicies(cedar, when('context.risk == "low"'))).toEqual([]);
  });
});

it('brackets in strings and comments do not count', () => {
  const brackets = '('.repeat(500);
  expect(
    findExcess(`// ${brackets}\n${when(`resource.name == "${brackets}\\"${brackets}"`)}`),
  ).toBeUndefined();
});
