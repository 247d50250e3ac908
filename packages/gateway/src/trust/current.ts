import type { Reader } from '../stores/store.ts';

/** The score decisions go by, from 0 to 1; the neutral prior for an agent nothing is known of. */
export function currentTrust(_reader: Reader, _agentId: string): number {
  return 0.75;
}
