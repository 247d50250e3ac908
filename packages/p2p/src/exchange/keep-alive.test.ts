import { BonafideError } from '@bonafide/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepAlive } from './keep-alive.ts';
import { createLinkedPair, type LinkedPair } from './testing/linked-pair.ts';

const SILENCE_MS = 15_000;

let pair: LinkedPair;
beforeEach(() => {
  vi.useFakeTimers();
  pair = createLinkedPair();
});
afterEach(() => {
  pair[Symbol.dispose]();
  vi.useRealTimers();
});

function countPings(): () => number {
  let pings = 0;
  pair.there.link.onMessage(({ type }) => {
    if (type === 'PING') pings++;
  });
  return () => pings;
}

/** A little more, so that what was sent last arrives. */
const turns = (count: number) => vi.advanceTimersByTimeAsync(count * SILENCE_MS + 100);

describe('a silent peer', () => {
  it('is asked for a sign of life, and given up after the third question', async () => {
    const pings = countPings();
    keepAlive(pair.here.link);
    await turns(4);
    expect([pings(), pair.here.link.state]).toEqual([3, 'connected']);
    await turns(1);
    expect(pair.here.link.signal.reason).toMatchObject({ code: 'UNAVAILABLE' });
    await turns(5);
    expect(pings()).toBe(3);
  });

  it('that takes nothing until no question fits ends the link, not the process', async () => {
    keepAlive(pair.here.link);
    const full = new BonafideError('LIMIT_EXCEEDED', 'Too many messages wait for this peer.');
    vi.spyOn(pair.here.link, 'send').mockImplementation(() => {
      throw full;
    });
    await turns(2);
    expect(pair.here.link.signal.reason).toBe(full);
  });

  it('stays as long as it answers', async () => {
    const pings = countPings();
    keepAlive(pair.here.link);
    pair.there.link.onMessage(({ type, id }) => {
      if (type === 'PING') pair.there.link.send({ type: 'PONG', id: 'P', correlationId: id, sequence: 1 });
    });
    await turns(20);
    expect(pings()).toBeGreaterThan(5);
    expect(pair.here.link.state).toBe('connected');
  });

  it('is not asked while it speaks, or while there is no path', async () => {
    const pings = countPings();
    keepAlive(pair.here.link);
    for (let turn = 0; turn < 5; turn++) {
      pair.there.link.send({ type: 'PONG', id: 'P', sequence: 1 });
      await turns(1);
    }
    pair.cut();
    await turns(10);
    expect(pings()).toBe(0);
    expect(pair.here.link.state).toBe('suspended');
  });
});
