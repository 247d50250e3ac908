/** Wakes all who wait, now and then; every wait also ends with its time or the signal. */
export interface Pulse {
  beat(): void;
  next(timeoutMs: number): Promise<void>;
}

/** Makes a pulse that ends with the signal. */
export function createPulse(signal: AbortSignal): Pulse {
  const waiting = new Set<() => void>();
  const beat = () => {
    for (const wake of [...waiting]) wake();
  };
  signal.addEventListener('abort', beat, { once: true });
  return {
    beat,
    next: (timeoutMs) =>
      new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, signal.aborted ? 0 : timeoutMs);
        waiting.add(wake);
      }),
  };
}
