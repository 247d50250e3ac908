import { describe, expect, it } from 'vitest';
import { BonafideError, type ErrorCode, errorCodes, RateLimitError, ValidationError } from '../errors.ts';
import { explainError } from './explain.ts';

describe('explainError', () => {
  it.each(Object.keys(errorCodes) as ErrorCode[])('says what to do about %s', (code) => {
    expect(explainError(new BonafideError(code, 'It broke.'))).toMatch(
      new RegExp(`^${code}: It broke\\.\nWhat to do: .{10,}$`),
    );
  });

  it('names the fields that a message does not', () => {
    const issues = [{ path: 'parameters.amount', message: 'must be digits' }];
    expect(explainError(new ValidationError('Bad input.', { issues }))).toContain(
      '- parameters.amount: must be digits',
    );
    expect(explainError(new ValidationError('amount: must be digits', { issues }))).not.toContain(
      '- parameters',
    );
  });

  it('says how long to wait', () => {
    expect(explainError(new RateLimitError('Too many.', { retryAfterMs: 1500 }))).toContain(
      'Retry after 1500 ms.',
    );
  });

  it('never shows a cause', () => {
    expect(explainError(BonafideError.from(new Error('password=hunter2')))).not.toContain('hunter2');
  });
});
