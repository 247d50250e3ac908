import { describe, expect, it } from 'vitest';
import { createPacer } from './pacer.ts';

describe('a pacer', () => {
  it('works once for many wakes, and again when woken meanwhile', async () => {
    let runs = 0;
    const finished = Promise.withResolvers<void>();
    const pacer = createPacer(async () => {
      runs += 1;
      if (runs === 1) for (let index = 0; index < 9; index += 1) pacer.wake();
      else finished.resolve();
    });
    for (let index = 0; index < 9; index += 1) pacer.wake();
    await finished.promise;
    await pacer.stop();
    expect(runs).toBe(2);
  });

  it('finishes what is under way when it is stopped, and starts nothing more', async () => {
    const started = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    let ended = 0;
    const pacer = createPacer(async () => {
      started.resolve();
      await release.promise;
      ended += 1;
    });
    pacer.wake();
    await started.promise;
    pacer.wake();
    const stopped = pacer.stop();
    release.resolve();
    await stopped;
    pacer.wake();
    await pacer.stop();
    expect(ended).toBe(1);
  });
});
