import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWorkshop, type Workshop } from './testing/workshop.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop();
});
afterEach(() => shop[Symbol.asyncDispose]());

/** What has to happen in between happens: looks are taken in later turns of the event loop. */
const turns = async (count = 20) => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe('the line of workers', () => {
  it('serves them in the order in which they came', async () => {
    const served: string[] = [];
    const waiting = ['a', 'b', 'c', 'd'].map(async (name) => {
      await shop.claim(name);
      served.push(name);
    });
    await turns();
    for (const count of [1, 2, 3, 4]) {
      await shop.create();
      await waiting[count - 1];
      expect(served).toHaveLength(count);
    }
    expect(served).toEqual(['a', 'b', 'c', 'd']);
  });

  it('does not let somebody who comes later pass those who wait', async () => {
    const first = shop.claim('first');
    await turns();
    const [, late] = [shop.create(), shop.claim('late')];
    expect(await first).toMatchObject([{ assignedTo: 'ag::w::pool::first' }]);
    await shop.create();
    expect(await late).toHaveLength(1);
  });

  it('wakes one worker for each task, and not all of them', async () => {
    let takes = 0;
    const { store, line, clock } = shop;
    const waiters = Array.from({ length: 200 }, () => {
      const want = { workspace: 'w', queues: ['tb::w::pool'], taskTypes: undefined, limit: 1 };
      const signal = new AbortController().signal;
      return line.wait({ ...want, deadlineMs: clock.ms + 60_000, signal }, async (taskIds) => {
        takes++;
        return taskIds;
      });
    });
    await turns();
    const { taskId } = await shop.create();
    expect(await Promise.race(waiters)).toEqual([taskId]);
    expect(takes).toBe(1);
    expect(line.waiting).toBe(199);
    expect(store.read.tasks.getOpenCount('w')).toBe(1);
    line.close();
    expect((await Promise.all(waiters)).filter((each) => each === undefined)).toHaveLength(199);
    expect(line.waiting).toBe(0);
  });

  it('gives a batch to the first and the rest to the next', async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => shop.create()));
    const [first, second] = await Promise.all([
      shop.claim('first', { limit: 3 }),
      shop.claim('second', { limit: 3 }),
    ]);
    const ids = made.map(({ taskId }) => taskId).sort();
    expect(first.map(({ taskId }) => taskId)).toEqual(ids.slice(0, 3));
    expect(second.map(({ taskId }) => taskId)).toEqual(ids.slice(3));
  });

  it('frees the place of who goes away', async () => {
    const leaving = new AbortController();
    const gone = shop.claim('gone', { signal: leaving.signal });
    const here = shop.claim('here');
    await turns();
    leaving.abort();
    expect(await gone).toEqual([]);
    expect(shop.line.waiting).toBe(1);
    await shop.create();
    expect(await here).toHaveLength(1);
  });

  it('passes what one does not take on to the next', async () => {
    const want = { workspace: 'w', queues: ['tb::w::pool'], taskTypes: undefined, limit: 1 };
    const deadlineMs = shop.clock.ms + 60_000;
    const broken = shop.line.wait({ ...want, deadlineMs, signal: new AbortController().signal }, () =>
      Promise.reject(new Error('its commit failed')),
    );
    const next = shop.claim('next');
    await turns();
    await shop.create();
    await expect(broken).rejects.toThrow('its commit failed');
    expect(await next).toHaveLength(1);
  });

  it('takes no more than its bound', async () => {
    const signal = new AbortController().signal;
    const waiters = Array.from({ length: 10_000 }, () => shop.claim('a', { signal }));
    await expect(shop.claim('late')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    shop.line.close();
    await Promise.all(waiters);
    expect(shop.line.waiting).toBe(0);
  });

  it('gives each task to one worker, though two gateways share the database', async () => {
    const other = shop.another();
    const workers = [shop, other].flatMap((gateway, index) =>
      Array.from({ length: 10 }, async (_, worker) => {
        const own: string[] = [];
        while (own.length < 10) {
          const taken = await gateway.claim(`${index}-${worker}`);
          if (taken.length === 0) break;
          own.push(...taken.map(({ taskId, attempt }) => `${taskId} ${attempt}`));
        }
        return own;
      }),
    );
    await Promise.all(Array.from({ length: 200 }, (_, index) => (index % 2 ? shop : other).create()));
    // Two buses: what the other gateway committed is found by looking.
    const looking = setInterval(() => {
      shop.line.look();
      other.line.look();
    }, 5);
    const taken = (await Promise.all(workers)).flat();
    clearInterval(looking);
    expect(taken).toHaveLength(200);
    expect(new Set(taken).size).toBe(200);
    expect(taken.every((each) => each.endsWith(' 1'))).toBe(true);
  });
});
