import { vi } from 'vitest';

/** Waits until the expectations hold; as long as a busy machine may take, because only a test that never ends is a failure. */
export const eventually = (check: () => void): Promise<void> =>
  vi.waitFor(check, { timeout: 20_000, interval: 5 });
