import type { Reader } from '../stores/store.ts';
import { PRIOR } from './compute.ts';

/** The score decisions go by, from 0 to 1; the neutral prior for an agent nothing is known of. */
export function currentTrust({ tables, workspace }: Reader, agentId: string): number {
  return tables.trustScores.getScore({ workspace, id: agentId }) ?? PRIOR;
}
