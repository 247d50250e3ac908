import { ValidationError } from '@bonafide/core/errors';
import { expect, it } from 'vitest';
import { explainFailedStart } from './failed-start.ts';

it('names every problem once', () => {
  const issues = [{ path: 'policyFile', message: 'line 1, column 8: unexpected end' }];
  expect(explainFailedStart(new ValidationError('The policies have 1 error.', { issues }))).toBe(
    'The policies have 1 error.\n  policyFile: line 1, column 8: unexpected end',
  );
  const listed = new ValidationError('The configuration has 1 problem(s):\n  port: is no port', {
    issues: [{ path: 'port', message: 'is no port' }],
  });
  expect(explainFailedStart(listed)).toBe(listed.message);
});

it('says what to do about a port that is taken', () => {
  const taken = Object.assign(new Error('listen'), { code: 'EADDRINUSE', address: '127.0.0.1', port: 4660 });
  expect(explainFailedStart(taken)).toMatch(/^Something listens on 127\.0\.0\.1:4660 already.*BONAFIDE_PORT/);
});

it('shows what nobody foresaw as it is', () => {
  expect(explainFailedStart(new TypeError('odd'))).toBe('TypeError: odd');
  expect(explainFailedStart('odd')).toBe('odd');
});
