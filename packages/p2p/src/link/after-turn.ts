const due: (() => void)[] = [];
let post: (() => void) | undefined;

/** Runs it once everything that is due now has run. */
export function afterTurn(work: () => void): void {
  if (typeof setImmediate === 'function') setImmediate(work);
  else {
    due.push(work);
    post ??= createPost();
    post();
  }
}

// Browsers have no `setImmediate`, and hold up the timers of pages that are not seen.
function createPost(): () => void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => due.shift()?.();
  return () => port2.postMessage(undefined);
}
