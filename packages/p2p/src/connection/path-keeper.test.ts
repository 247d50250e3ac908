import { BonafideError } from '@bonafide/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Link } from '../link/link.ts';
import { createMemoryPaths } from '../testing/memory-paths.ts';
import { PathKeeper } from './path-keeper.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

interface State {
  state: Link['state'];
  path: Link['path'];
}

function start({ isPolite = false, canUpgrade = true, error }: Partial<Setup> = {}) {
  const at: State = { state: 'connected', path: 'direct' };
  const searches: string[] = [];
  const close = vi.fn((_reason: BonafideError) => change({ state: 'closed', path: undefined }));
  const link = {
    get state() {
      return at.state;
    },
    get path() {
      return at.path;
    },
    close,
  } as unknown as Link;
  const keeper = new PathKeeper({
    link,
    isPolite,
    resumeTimeoutMs: 60_000,
    canUpgrade: () => canUpgrade,
    findPath: async (kind) => {
      searches.push(kind);
      if (error) throw error;
    },
  });
  function change(next: State): void {
    Object.assign(at, next);
    keeper.update();
  }
  return { keeper, searches, close, change, suspend: () => change({ state: 'suspended', path: undefined }) };
}

interface Setup {
  readonly isPolite: boolean;
  readonly canUpgrade: boolean;
  readonly error: BonafideError;
}

const failure = (code: 'NOT_FOUND' | 'CONFLICT' | 'FORBIDDEN'): BonafideError =>
  new BonafideError(code, 'why');

describe('a link without a path', () => {
  it('gets one looked for at once, by the polite side a little later', async () => {
    const [impolite, polite] = [start(), start({ isPolite: true })];
    for (const side of [impolite, polite]) side.suspend();
    await vi.advanceTimersByTimeAsync(1);
    expect([impolite.searches, polite.searches]).toEqual([['any'], []]);
    await vi.advanceTimersByTimeAsync(500);
    expect(polite.searches).toEqual(['any']);
  });

  it('gets one looked for again and again, more and more seldom, until its time is over', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const { searches, close, suspend } = start({ error: failure('NOT_FOUND') });
    suspend();
    await vi.advanceTimersByTimeAsync(59_999);
    // At 0, then after 1, 2, 4, 8 and then each 10 seconds.
    expect(searches).toHaveLength(9);
    expect(close).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(close.mock.calls[0]?.[0]).toMatchObject({ code: 'TIMEOUT' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each(['CONFLICT', 'FORBIDDEN'] as const)('is closed when the peer says %s', async (code) => {
    const { close, suspend } = start({ error: failure(code) });
    suspend();
    await vi.advanceTimersByTimeAsync(1);
    expect(close.mock.calls[0]?.[0]).toMatchObject({ code });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not kept waiting once the gateway is back', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const { keeper, searches, suspend } = start({ error: failure('NOT_FOUND') });
    suspend();
    await vi.advanceTimersByTimeAsync(10_000);
    const before = searches.length;
    keeper.hurry();
    await vi.advanceTimersByTimeAsync(0);
    expect(searches).toHaveLength(before + 1);
  });

  it('gives a new path time to greet, but none once it broke', async () => {
    const { keeper, searches, suspend } = start();
    const { here, cut } = createMemoryPaths();
    const ended = Promise.withResolvers<void>();
    suspend();
    keeper.attached(here, ended.promise);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(searches).toEqual([]);
    cut();
    ended.resolve();
    await vi.advanceTimersByTimeAsync(1);
    expect(searches.length).toBeGreaterThan(0);
  });
});

describe('a relayed link', () => {
  it('gets a direct path looked for now and then, by the side that called', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const [caller, callee] = [start({ error: failure('NOT_FOUND') }), start({ canUpgrade: false })];
    for (const { change } of [caller, callee]) change({ state: 'connected', path: 'relayed' });
    await vi.advanceTimersByTimeAsync(30 * 60_000);
    expect(callee.searches).toEqual([]);
    expect(caller.searches).toEqual(['direct', 'direct', 'direct', 'direct', 'direct']);
    expect(caller.close).not.toHaveBeenCalled();
    caller.change({ state: 'connected', path: 'direct' });
    await vi.advanceTimersByTimeAsync(30 * 60_000);
    expect(caller.searches).toHaveLength(5);
    expect(vi.getTimerCount()).toBe(0);
  });
});
