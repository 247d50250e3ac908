import { describe, expect, it } from 'vitest';
import { BonafideError } from '../errors.ts';
import { LazyNetwork } from './lazy-network.ts';
import type { PeerNetwork } from './types.ts';

/** Networks that can be ended, in the order in which they were opened. */
function openNetworks() {
  const opened: { end(code: 'CONFLICT' | 'UNAVAILABLE'): void }[] = [];
  const lazy = new LazyNetwork(async () => {
    const over = new AbortController();
    opened.push({ end: (code) => over.abort(new BonafideError(code, 'It is over.')) });
    const network = { signal: over.signal, [Symbol.asyncDispose]: async () => over.abort() };
    return network as unknown as PeerNetwork;
  });
  return { lazy, opened };
}

describe('a network that is over', () => {
  it('is opened anew at the next use', async () => {
    const { lazy, opened } = openNetworks();
    const first = await lazy.get();
    expect(await lazy.get()).toBe(first);
    opened[0]?.end('UNAVAILABLE');
    const [second, same] = await Promise.all([lazy.get(), lazy.get()]);
    expect(same).toBe(second);
    expect(second).not.toBe(first);
    expect(second.signal.aborted).toBe(false);
    expect(await lazy.get()).toBe(second);
    await lazy.close();
    expect(second.signal.aborted).toBe(true);
    await expect(lazy.get()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(opened).toHaveLength(2);
  });

  it('is left to another process that took over', async () => {
    const { lazy, opened } = openNetworks();
    const first = await lazy.get();
    opened[0]?.end('CONFLICT');
    expect(await lazy.get()).toBe(first);
    expect(opened).toHaveLength(1);
  });
});

describe('waiting for a network', () => {
  it('ends with the signal of who waits, and with nobody else', async () => {
    const opening = Promise.withResolvers<PeerNetwork>();
    const lazy = new LazyNetwork(() => opening.promise);
    const patient = lazy.get();
    const aborting = new AbortController();
    const impatient = lazy.get(aborting.signal);
    aborting.abort(new BonafideError('TIMEOUT', 'Too long.'));
    await expect(impatient).rejects.toMatchObject({ code: 'TIMEOUT' });
    const network = { signal: new AbortController().signal } as unknown as PeerNetwork;
    opening.resolve(network);
    expect(await patient).toBe(network);
    await expect(lazy.get(AbortSignal.abort(new BonafideError('TIMEOUT', 'Before.')))).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
  });
});
