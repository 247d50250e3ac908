import { BonafideError, ValidationError } from '@bonafide/core/errors';
import { expect, it } from 'vitest';
import type { Context } from './context.ts';
import { EXIT_USAGE, reportFailure } from './failure.ts';

it('shows what a peer said as its words, and nothing of them that a terminal obeys', () => {
  const shown: string[] = [];
  const context = { stderr: { write: (text: string) => shown.push(text) } } as unknown as Context;
  const details = { by: 'peer', reason: 'Not you.\u001b[2K' };
  const cause = new BonafideError('DENIED', 'The peer answered with an error.', { details });
  reportFailure(context, { cause, json: false });
  expect(shown.join('')).toBe(
    'DENIED: The peer answered with an error.\nThe peer says: Not you.\\u001b[2K\n',
  );
});

it('shows where in a condition the mistake is, and nothing at the start of a line', () => {
  const shown: string[] = [];
  const stderr = { write: (text: string) => shown.push(text) };
  const message = 'Unexpected token\n> event.data.ok ==\n               ^\u001b[2K';
  const cause = new ValidationError('The condition of the rule is not valid CEL.', {
    issues: [{ path: 'on.condition', message }],
  });
  const context = { stderr } as unknown as Context;
  expect(reportFailure(context, { cause, json: false })).toBe(EXIT_USAGE);
  expect(shown.join('').split('\n')).toEqual([
    'VALIDATION_FAILED: The condition of the rule is not valid CEL.',
    '  on.condition: Unexpected token',
    '    > event.data.ok ==',
    '                   ^\\u001b[2K',
    '',
  ]);
});
