import { expect, it } from 'vitest';
import { clockTime, untilNow } from './times.ts';

it.each([
  ['2026-01-01T00:15:00Z', 'in 15 minutes'],
  ['2026-01-01T00:01:59.999Z', 'in 1 minute'],
  ['2026-01-01T00:00:00Z', 'in 0 seconds'],
  ['2025-12-31T23:59:59Z', '1 second ago'],
  ['2025-12-31T21:00:00Z', '3 hours ago'],
  ['2026-01-08T00:00:00Z', 'in 7 days'],
])('%s is %s', (time, expected) => {
  expect(untilNow(time, Date.parse('2026-01-01T00:00:00Z'))).toBe(expected);
});

it('leaves the date out only where nobody can mistake it', () => {
  const now = Date.parse('2026-01-01T23:00:00Z');
  expect(clockTime('2026-01-02T00:15:09.123Z', now)).toBe('00:15:09Z');
  expect(clockTime('2026-01-03T00:15:09.123Z', now)).toBe('2026-01-03 00:15:09Z');
});
