import { describe, expect, it } from 'vitest';
import { createSlots } from './slots.ts';

const { signal } = new AbortController();

describe('slots', () => {
  it('are given in the order in which they were asked for', async () => {
    const slots = createSlots({ running: 1, waiting: 3 });
    const order: number[] = [];
    const releases = [await slots.take(signal)];
    const waiting = [1, 2, 3].map(async (number) => {
      releases.push(await slots.take(signal));
      order.push(number);
    });
    await expect(slots.take(signal)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    for (const each of waiting) {
      releases.at(-1)?.();
      // Twice gives back one slot.
      releases.at(-1)?.();
      await each;
    }
    expect(order).toEqual([1, 2, 3]);
  });

  it('are not given to those who left', async () => {
    const slots = createSlots({ running: 1, waiting: 2 });
    const release = await slots.take(signal);
    const leaving = new AbortController();
    const left = slots.take(leaving.signal);
    const stays = slots.take(signal);
    leaving.abort(new Error('enough'));
    await expect(left).rejects.toThrow('enough');
    await expect(slots.take(leaving.signal)).rejects.toThrow('enough');
    release();
    (await stays)();
    (await slots.take(signal))();
  });
});
