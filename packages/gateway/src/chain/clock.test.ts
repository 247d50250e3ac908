import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { presentTime, toClock, toTime, toWall } from './clock.ts';
import { applyClockLog } from './folds/clock.ts';
import { account, chainLog } from './testing/logs.ts';

const pauses = [
  { startedAt: 100, endedAt: 150 },
  { startedAt: 400, endedAt: 500 },
];

describe('the clock of the kernel', () => {
  it.each([
    ['before any pause', 90, 90],
    ['in the middle of one it stands still', 120, 100],
    ['after it', 200, 150],
    ['after both', 600, 450],
  ])('%s: %i reads %i', (_, now, reading) => {
    expect(toClock(now, pauses, now)).toBe(reading);
  });

  it.each([
    ['not moved by what came after it', 100, 1_000, 100],
    ['moved by a pause before it', 101, 1_000, 151],
    ['moved by both', 400, 1_000, 550],
    ['just not moved by the second', 350, 1_000, 400],
    ['moved only as far as a pause has gone', 101, 120, 121],
    ['not moved by a pause to come', 350, 399, 400],
  ])('a deadline is %s', (_, reading, now, wall) => {
    expect(toWall(reading, pauses, now)).toBe(wall);
  });

  it('a time that was announced is shown again as it was, until another pause', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 399 }), fc.integer({ min: 1, max: 500 }), (at, ahead) => {
        fc.pre(at < 100 || at > 150);
        const wall = at + ahead;
        const reading = toClock(wall, pauses, at);
        expect(toWall(reading, pauses, at)).toBe(wall);
        expect(toWall(reading, pauses, 10_000)).toBeGreaterThanOrEqual(wall);
      }),
    );
  });

  it('is not needed where there was never a pause', () => {
    const time = '2026-01-01T00:00:00.000Z';
    expect(presentTime(time, { pauses: [], nowSeconds: 0 })).toBe(time);
  });

  it('shows times beyond every calendar as the last one', () => {
    expect(toTime(2n ** 256n - 1n)).toBe('9999-12-31T23:59:59.000Z');
  });

  it('is paused until a time, and goes on earlier when the guardian says so', () => {
    const paused = chainLog('agenticCommerce', {
      ...{ name: 'Paused', args: { guardian: account(1), until: 900n }, at: 300 },
    });
    const first = applyClockLog([], paused);
    expect(first).toEqual({ startedAt: 300, endedAt: 900 });
    const unpaused = chainLog('agenticCommerce', {
      ...{ name: 'Unpaused', args: { pausedSeconds: 100n }, at: 400 },
    });
    expect(applyClockLog([{ startedAt: 300, endedAt: 900 }], unpaused)).toEqual({
      ...{ startedAt: 300, endedAt: 400 },
    });
    expect(applyClockLog([], unpaused)).toBeUndefined();
  });
});
