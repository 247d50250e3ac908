import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, hasAttemptsLeft } from './backoff.ts';

const task = { attempt: 1, attemptsBefore: 0, maxAttempts: 3, initialBackoffMs: 1000, maxBackoffMs: 5000 };

describe('the wait before the next attempt', () => {
  it('doubles from the first to the longest, counted since the last retry', () => {
    const bounds = [1, 2, 3, 4, 100].map((attempt) => backoffMs({ ...task, attempt }, 0.9999999));
    expect(bounds).toEqual([999, 1999, 3999, 4999, 4999]);
    expect(backoffMs({ ...task, attempt: 7, attemptsBefore: 6 }, 0.5)).toBe(500);
  });

  it('is anything from nothing to the bound', () => {
    fc.assert(
      fc.property(
        fc.record({
          attempt: fc.integer({ min: 1, max: 10_000 }),
          initialBackoffMs: fc.integer({ min: 0, max: 3_600_000 }),
          maxBackoffMs: fc.integer({ min: 0, max: 86_400_000 }),
          random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        }),
        ({ random, ...change }) => {
          const wait = backoffMs({ ...task, ...change }, random);
          expect(Number.isSafeInteger(wait)).toBe(true);
          expect(wait).toBeGreaterThanOrEqual(0);
          expect(wait).toBeLessThanOrEqual(change.maxBackoffMs);
        },
      ),
    );
    expect(backoffMs(task, 0)).toBe(0);
  });

  it('is followed by nothing once the attempts are used up', () => {
    expect([1, 2, 3].map((attempt) => hasAttemptsLeft({ ...task, attempt }))).toEqual([true, true, false]);
    expect(hasAttemptsLeft({ ...task, attempt: 5, attemptsBefore: 3 })).toBe(true);
  });
});
