/** How many more items a reader has room for. */
export interface Credit {
  add(count: number): void;
  /** Takes one as soon as there is one, or comes back when the signal ends. */
  take(): Promise<void>;
}

const MOST = 1_000_000;

export function createCredit(initial: number, signal: AbortSignal): Credit {
  let left = clamp(initial);
  let wake: (() => void) | undefined;
  signal.addEventListener('abort', () => wake?.(), { once: true });
  return {
    add(count) {
      left = Math.min(MOST, left + clamp(count));
      if (left > 0) wake?.();
    },
    async take() {
      if (left === 0 && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = undefined;
      }
      left = Math.max(0, left - 1);
    },
  };
}

/** What comes from outside may be anything. */
function clamp(count: unknown): number {
  return typeof count === 'number' && Number.isSafeInteger(count) && count > 0 ? Math.min(count, MOST) : 0;
}
