import { describe, expect, it } from 'vitest';
import { newId, timeOfId } from '../ids.ts';
import { daysOf, parsePeriod } from './period.ts';

const now = Date.parse('2026-11-21T12:00:00.000Z');

describe('parsePeriod', () => {
  it('is the 30 days before now by default', () => {
    expect(parsePeriod({}, now)).toEqual({
      from: '2026-10-22T12:00:00.000Z',
      to: '2026-11-21T12:00:00.000Z',
    });
    expect(parsePeriod({ to: '2026-11-01T00:00:00Z' }, now).from).toBe('2026-10-02T00:00:00.000Z');
  });

  it.each([
    ['is empty', { from: '2026-11-01T00:00:00Z', to: '2026-11-01T00:00:00Z' }],
    ['ends before it begins', { from: '2026-11-02T00:00:00Z', to: '2026-11-01T00:00:00Z' }],
    ['is longer than a year', { from: '2025-01-01T00:00:00Z', to: '2026-11-01T00:00:00Z' }],
    ['has not begun', { from: '2026-12-01T00:00:00Z', to: '2026-12-02T00:00:00Z' }],
  ])('refuses one that %s', (_, period) => {
    expect(() => parsePeriod(period, now)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
  });
});

it('lists the days up to today', () => {
  const days = daysOf({ from: '2026-11-19T23:00:00.000Z', to: '2026-12-01T00:00:00.000Z' }, now);
  expect(days).toEqual(['2026-11-19', '2026-11-20', '2026-11-21']);
});

it('reads the time of an id', () => {
  expect(timeOfId(newId(now + 1e9))).toBe(now + 1e9);
});
