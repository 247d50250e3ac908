import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadCedar } from './cedar.ts';
import { defaultPolicies } from './defaults.ts';
import { lintPolicies } from './lint.ts';

const page = readFileSync(new URL('../../../../docs/policies.md', import.meta.url), 'utf8');
const texts = [...page.matchAll(/^```cedar\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);

it('the page shows the defaults as they are', () => {
  expect(texts[0]).toBe(defaultPolicies);
});

it('the examples of the page have neither errors nor warnings', () => {
  const { cedar } = loadCedar();
  expect(texts.length).toBeGreaterThan(3);
  expect(texts.slice(1).flatMap((text) => lintPolicies(cedar, text))).toEqual([]);
});
