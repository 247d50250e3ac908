const queues = new Map<string, Promise<unknown>>();

/** Runs `work` after all earlier work of the same wallet, whether that failed or not. */
export function serialize<Result>(wallet: string, work: () => Promise<Result>): Promise<Result> {
  const previous = queues.get(wallet) ?? Promise.resolve();
  const next = previous.then(work, work);
  queues.set(wallet, next);
  const forget = (): void => {
    if (queues.get(wallet) === next) queues.delete(wallet);
  };
  next.then(forget, forget);
  return next;
}
