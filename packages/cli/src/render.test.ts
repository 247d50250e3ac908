import { expect, it } from 'vitest';
import { render } from './render.ts';

const items = [
  { jobId: '7', status: 'open', amountUsdc: '12.50' },
  { jobId: '12', status: 'completed', amountUsdc: '3', score: 97 },
];

it('prints a list as a table', () => {
  expect(render({ items }, 80)).toBe(
    [
      'jobId  status     amountUsdc  score',
      '7      open       12.50',
      '12     completed  3           97',
    ].join('\n'),
  );
});

it('prints records when a table would not fit, and cuts nothing off', () => {
  const text = render({ items: [{ jobId: '7', description: 'x'.repeat(90) }, { jobId: '8' }] }, 80);
  expect(text).toBe(`jobId        7\ndescription  ${'x'.repeat(90)}\n\njobId  8`);
});

it('wraps a last column of words where that makes a table fit', () => {
  const rows = [{ name: 'age', because: 'Days since registration, of 90' }, { name: 'drift' }];
  expect(render({ items: rows }, 33)).toBe(
    ['name   because', 'age    Days since registration,', '       of 90', 'drift'].join('\n'),
  );
});

it('says how to go on when there is more', () => {
  expect(render({ items, nextCursor: 'abc' }, 80)).toMatch(/There is more: --cursor abc$/);
});

it('says so when nothing was found', () => {
  expect(render({ items: [] })).toBe('Nothing found.');
});

it('prints a record with nested values as JSON', () => {
  expect(render({ jobId: '7', tags: ['a', 'b'], terms: { threshold: 80 } })).toBe(
    'jobId  7\ntags   a, b\nterms  {"threshold":80}',
  );
});

it('cannot be made to move the cursor', () => {
  expect(render({ name: '\u001b[2Jx' })).toBe('name  \\u001b[2Jx');
});
