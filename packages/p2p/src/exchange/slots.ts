import { BonafideError, RateLimitError } from '@bonafide/core';

/** Who may run at the same time; a bounded number of others waits in order. */
export interface Slots {
  /** Throws RATE_LIMITED when too many wait already. */
  assertRoom(): void;
  /** Resolves with the function that gives the slot back. */
  take(signal: AbortSignal): Promise<() => void>;
}

const RETRY_AFTER_MS = 1_000;

export function createSlots(limits: { readonly running: number; readonly waiting: number }): Slots {
  if (!Number.isInteger(limits.running) || limits.running < 1) {
    throw new BonafideError('VALIDATION_FAILED', 'The concurrency of a capability is an integer from 1 on.');
  }
  const waiting = new Set<() => void>();
  let running = 0;
  const release = (): void => {
    const [next] = waiting;
    if (!next) {
      running--;
      return;
    }
    waiting.delete(next);
    next();
  };
  const assertRoom = (): void => {
    if (waiting.size < limits.waiting) return;
    throw new RateLimitError('Too many executions wait for this capability.', {
      retryAfterMs: RETRY_AFTER_MS,
    });
  };
  return {
    assertRoom,
    async take(signal) {
      signal.throwIfAborted();
      if (running < limits.running) {
        running++;
        return once(release);
      }
      assertRoom();
      await turn(waiting, signal);
      return once(release);
    },
  };
}

function turn(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const leave = (): void => {
    waiting.delete(resolve);
    reject(signal.reason);
  };
  waiting.add(resolve);
  signal.addEventListener('abort', leave, { once: true });
  return promise.finally(() => signal.removeEventListener('abort', leave));
}

function once(release: () => void): () => void {
  let isReleased = false;
  return () => {
    if (isReleased) return;
    isReleased = true;
    release();
  };
}
