export interface DeadlineOptions {
  /** Endless when absent. */
  readonly timeoutMs: number | undefined;
  readonly signals: readonly (AbortSignal | undefined)[];
  /** What the signal is aborted with when the time is over. */
  readonly reason: () => Error;
}

/** A time limit joined with the caller's own signals. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Milliseconds left; Infinity when endless. */
  remainingMs(): number;
  /** Stops the timer; the signal stays as it is. */
  end(): void;
}

// Timers beyond this fire at once.
const LONGEST_TIMER_MS = 2_147_483_647;

export function startDeadline({ timeoutMs, signals, reason }: DeadlineOptions): Deadline {
  const controller = new AbortController();
  const given = signals.filter((signal) => signal !== undefined);
  const signal = AbortSignal.any([controller.signal, ...given]);
  if (timeoutMs === undefined || timeoutMs > LONGEST_TIMER_MS) {
    return { signal, remainingMs: () => Number.POSITIVE_INFINITY, end: () => undefined };
  }
  const endsAt = performance.now() + timeoutMs;
  const timer = setTimeout(() => controller.abort(reason()), timeoutMs);
  return { signal, remainingMs: () => endsAt - performance.now(), end: () => clearTimeout(timer) };
}

/** Resolves after `delayMs`; rejects with the signal's reason as soon as it is aborted. */
export async function delay(delayMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = () => reject(signal.reason);
  const timer = setTimeout(resolve, delayMs);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
