import type { LocalHandlers } from './local-handlers.ts';

/** Loads the handlers, and with them viem, at the first local operation. */
export async function loadLocalHandlers(): Promise<LocalHandlers> {
  const { localHandlers } = await import('../commerce/index.ts');
  return localHandlers;
}
