import { setImmediate } from 'node:timers/promises';

/** Lets other requests run; throws when the one this is for has gone away. */
export async function pause(signal?: AbortSignal): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}
