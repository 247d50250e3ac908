import type { Bus } from '../bus/bus.ts';

export interface Waiter {
  /** Resolves once something was published since the last call, or when the signal ends. */
  next(): Promise<void>;
  close(): void;
}

/** Waits for any of the topics. What is published between two calls is not missed: subscribe first, then read. */
export function createWaiter(
  bus: Bus,
  { topics, signal }: { topics: readonly string[]; signal: AbortSignal },
): Waiter {
  let isPublished = false;
  let wake: (() => void) | undefined;
  const notify = () => {
    isPublished = true;
    wake?.();
  };
  const unsubscribe = topics.map((topic) => bus.subscribe(topic, notify));
  signal.addEventListener('abort', notify, { once: true });
  return {
    async next() {
      if (!isPublished && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      isPublished = false;
    },
    close() {
      signal.removeEventListener('abort', notify);
      for (const end of unsubscribe) end();
    },
  };
}
