import { describe, expect, it } from 'vitest';
import { createRememberedAnswers } from './remembered-answers.ts';
import { toResponse } from './serve-execution.ts';

const answer = (id: string, result: string) => toResponse(id, { status: 'success', result, durationMs: 1 });

describe('remembered answers', () => {
  it('are given again, and what is under way is not begun again', () => {
    const answers = createRememberedAnswers();
    expect(answers.begin('a')).toBe('new');
    expect(answers.begin('a')).toBe('known');
    const settled = answer('a', 'done');
    answers.settle('a', settled);
    expect(answers.begin('a')).toBe(settled);
    expect(answers.begin('b')).toBe('new');
  });

  it('never forget what is under way', () => {
    const answers = createRememberedAnswers();
    answers.begin('a');
    for (let index = 0; index < 10_001; index++) {
      answers.begin(`n${index}`);
      answers.settle(`n${index}`, answer(`n${index}`, 'done'));
    }
    expect(answers.begin('a')).toBe('known');
    expect(answers.begin('n0')).toBe('new');
  });

  it.each([
    ['large', (settle: (id: string, result: string) => void) => settle('a', 'x'.repeat(20_000))],
    [
      'old',
      (settle: (id: string, result: string) => void) => {
        settle('a', 'done');
        for (let index = 0; index < 100; index++) settle(String(index), 'done');
      },
    ],
  ])('that are %s are not kept, but what ran does not run again', (_, fill) => {
    const answers = createRememberedAnswers();
    answers.begin('a');
    fill((id, result) => answers.settle(id, answer(id, result)));
    expect(answers.begin('a')).toMatchObject({
      correlationId: 'a',
      response: { status: 'error', problem: { code: 'CONFLICT' } },
    });
  });
});
