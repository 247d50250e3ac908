import { describe, expect, it } from 'vitest';
import { createTurns, type Nonces } from './turns.ts';

const sender = '0x0000000000000000000000000000000000000001';

function world(nonces: Nonces = { next: 0, pending: 0 }, waitMs = 60_000) {
  const state = { nonces, asked: 0 };
  const turns = createTurns({
    ask: async () => {
      state.asked += 1;
      return state.nonces;
    },
    ...{ waitMs, pollMs: 1, now: Date.now, signal: new AbortController().signal },
  });
  return { state, turns, wait: (nonce: number) => turns.wait({ sender, nonce }) };
}

describe('turns', () => {
  it('lets 200 transactions go in the order of their nonces, however they come', async () => {
    const { turns, wait } = world();
    const gone: number[] = [];
    const send = async (nonce: number) => {
      await wait(nonce);
      gone.push(nonce);
      turns.pass({ sender, nonce });
    };
    const nonces = Array.from({ length: 200 }, (_, index) => index);
    await Promise.all(nonces.map((nonce) => send((nonce * 77) % 200)));
    expect(gone).toEqual(nonces);
  });

  it('lets a replacement of a waiting transaction go at once', async () => {
    const { wait } = world({ next: 3, pending: 9 });
    await expect(Promise.all([wait(3), wait(8), wait(9)])).resolves.toHaveLength(3);
  });

  it('sees that the one before was sent past the relay', async () => {
    const { state, wait } = world();
    const waiting = wait(2);
    state.nonces = { next: 2, pending: 2 };
    await expect(waiting).resolves.toBeUndefined();
  });

  it.each([-1, 513])('refuses at once what can never go: %i beside the next', async (step) => {
    const { wait } = world({ next: 4, pending: 4 });
    const details = { reason: 'NONCE', nonce: 4 };
    await expect(wait(4 + step)).rejects.toMatchObject({ code: 'CONFLICT', details });
  });

  it('gives up on a gap that nobody fills', async () => {
    const { wait } = world({ next: 1, pending: 1 }, 5);
    const waits = await Promise.allSettled([wait(2), wait(3), wait(3)]);
    expect(waits.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  });

  it('does not mix up wallets', async () => {
    const { turns, wait } = world(undefined, 5);
    turns.pass({ sender: '0x0000000000000000000000000000000000000002', nonce: 0 });
    await expect(wait(1)).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});
