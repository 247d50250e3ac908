import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { delay, startDeadline } from './deadline.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const reason = () => new Error('late');

describe('a deadline', () => {
  it('aborts with its reason when the time is over', () => {
    const { signal, remainingMs } = startDeadline({ timeoutMs: 100, signals: [undefined], reason });
    vi.advanceTimersByTime(99);
    expect(signal.aborted).toBe(false);
    expect(remainingMs()).toBe(1);
    vi.advanceTimersByTime(1);
    expect(signal.reason).toEqual(new Error('late'));
  });

  it('aborts with the reason of a given signal', () => {
    const controller = new AbortController();
    const { signal } = startDeadline({ timeoutMs: 100, signals: [controller.signal], reason });
    controller.abort(new Error('changed my mind'));
    expect(signal.reason).toEqual(new Error('changed my mind'));
  });

  it('leaves no timer behind', () => {
    startDeadline({ timeoutMs: 100, signals: [], reason }).end();
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([undefined, 2 ** 31])('is endless for %s ms, instead of firing at once', (timeoutMs) => {
    const { signal, remainingMs, end } = startDeadline({ timeoutMs, signals: [], reason });
    vi.advanceTimersByTime(1_000_000_000);
    expect([signal.aborted, remainingMs()]).toEqual([false, Number.POSITIVE_INFINITY]);
    end();
  });
});

describe('a delay', () => {
  it('ends in time, without a trace', async () => {
    const { signal } = new AbortController();
    const waiting = delay(100, signal);
    await vi.advanceTimersByTimeAsync(100);
    await waiting;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends when aborted, without a trace', async () => {
    const controller = new AbortController();
    const waiting = delay(100, controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(vi.getTimerCount()).toBe(0);
    await expect(delay(100, controller.signal)).rejects.toThrow('enough');
  });
});
