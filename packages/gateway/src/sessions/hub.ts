import type { Hub } from './session.ts';

/** The sessions of a gateway that has none yet. */
export function createHub(): Hub {
  return {
    find: () => undefined,
    get: () => undefined,
    listOf: () => [],
    watch: () => () => undefined,
  };
}
