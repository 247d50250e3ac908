import { describe, expect, it } from 'vitest';
import { createLane, laneOf } from './nonces.ts';

describe('a lane', () => {
  it('gives the lowest free nonce, so that gaps are filled first', () => {
    const lane = createLane();
    expect([lane.take(5), lane.take(5), lane.take(5)]).toEqual([5, 6, 7]);
    lane.release(6);
    expect([lane.take(5), lane.take(5)]).toEqual([6, 8]);
    // The node knows of more than this process does: another one has the same key.
    expect(lane.take(20)).toBe(20);
  });

  it('takes turns one at a time, whether they fail or not', async () => {
    const lane = createLane();
    const log: string[] = [];
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const first = lane.turn(async () => {
      await gate;
      log.push('first');
      throw new Error('failed');
    });
    const second = lane.turn(async () => void log.push('second'));
    open();
    await expect(first).rejects.toThrow('failed');
    await second;
    expect(log).toEqual(['first', 'second']);
  });

  it('knows whether somebody waits for the turn to end', async () => {
    const lane = createLane();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    expect(lane.isWanted()).toBe(false);
    const turns = [lane.turn(() => gate)];
    expect(lane.isWanted()).toBe(false);
    turns.push(lane.turn(async () => undefined));
    expect(lane.isWanted()).toBe(true);
    open();
    await Promise.all(turns);
    expect(lane.isWanted()).toBe(false);
  });

  it('lets only so many in', async () => {
    const lane = createLane(2);
    const [leave] = await Promise.all([lane.enter(), lane.enter()]);
    let isIn = false;
    const third = lane.enter().then((next) => {
      isIn = true;
      return next;
    });
    await Promise.resolve();
    expect(isIn).toBe(false);
    leave();
    await third;
    expect(isIn).toBe(true);
  });

  it('is one for each wallet and chain', () => {
    const lane = laneOf({ chainId: 1, address: '0xAb' });
    expect(laneOf({ chainId: 1, address: '0xaB' })).toBe(lane);
    expect(laneOf({ chainId: 2, address: '0xAb' })).not.toBe(lane);
    expect(laneOf({ chainId: 1, address: '0xCd' })).not.toBe(lane);
  });
});
