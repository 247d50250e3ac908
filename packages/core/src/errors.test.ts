import { describe, expect, it } from 'vitest';
import {
  AuthenticationError,
  BonafideError,
  ChainError,
  ConnectionError,
  type ErrorCode,
  errorCodes,
  RateLimitError,
  TimeoutError,
  ValidationError,
  VerificationError,
} from './errors.ts';
import { fromProblem, toProblem } from './problem.ts';

const codes = Object.keys(errorCodes) as ErrorCode[];

describe('BonafideError', () => {
  it.each(codes)('%s has a status, and a class whose name it bears', (code) => {
    const error = fromProblem({ code, detail: 'why' });
    expect(error).toBeInstanceOf(BonafideError);
    expect(error.code).toBe(code);
    expect(error.status).toBe(errorCodes[code].status);
    expect(error.name).toBe(error.constructor.name);
  });

  it('recognises its kind across copies of the package', () => {
    const foreign = { [Symbol.for('bonafide.error')]: true };
    expect(BonafideError.is(foreign)).toBe(true);
    for (const stranger of [new Error('x'), null, undefined, 'INTERNAL', { code: 'INTERNAL' }]) {
      expect(BonafideError.is(stranger)).toBe(false);
    }
  });

  it('keeps what is ours and hides what is not', () => {
    const ours = new TimeoutError('late');
    expect(BonafideError.from(ours)).toBe(ours);
    const theirs = new Error('password hunter2');
    const hidden = BonafideError.from(theirs);
    expect(hidden).toMatchObject({ code: 'INTERNAL', cause: theirs });
    expect(hidden.message).not.toContain('hunter2');
  });

  it('calls retryable only what may be sent again', () => {
    const retryable = codes.filter((code) => errorCodes[code].retryable);
    expect(retryable).toEqual(['IN_PROGRESS', 'RATE_LIMITED', 'CONNECTION_FAILED', 'UNAVAILABLE', 'TIMEOUT']);
  });
});

describe('problem documents', () => {
  const errors = [
    new AuthenticationError('who', { code: 'REPLAYED', details: { reason: 'nonce' } }),
    new VerificationError('no', { details: { actionId: 'a', reason: 'r' } }),
    new ConnectionError('away'),
    new TimeoutError('late', { requestId: 'r-1' }),
    new RateLimitError('slow', { retryAfterMs: 1500 }),
    new ValidationError('bad', { issues: [{ path: 'a.b', message: 'no' }] }),
    new ChainError('reverted', { revert: 'WrongStatus' }),
    new BonafideError('CONFLICT', 'taken', { details: { name: 'x' } }),
  ];

  it.each(errors.map((error) => [error.name, error] as const))('carry a %s there and back', (_, error) => {
    const back = fromProblem(JSON.parse(JSON.stringify(toProblem(error))));
    expect(back).toBeInstanceOf(error.constructor);
    expect({ ...back }).toEqual({ ...error });
    expect(back.message).toBe(error.message);
  });

  it('never carry causes or stacks', () => {
    const error = new BonafideError('INTERNAL', 'fixed', { cause: new Error('hunter2') });
    expect(JSON.stringify(toProblem(error))).not.toMatch(/hunter2|stack|errors\.test/);
  });

  it('name the request they answer', () => {
    expect(toProblem(new TimeoutError('late'), 'r-2')).toMatchObject({ requestId: 'r-2', status: 504 });
  });

  it.each([{}, { code: 'constructor' }, { code: 'NEW_CODE', detail: 'x' }])(
    'become INTERNAL when unknown: %j',
    (problem) => {
      expect(fromProblem(problem as object).code).toBe('INTERNAL');
    },
  );
});
