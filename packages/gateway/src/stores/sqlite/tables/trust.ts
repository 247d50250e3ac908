import type { DatabaseSync } from 'node:sqlite';
import type { TrustTables } from '../../trust.ts';

export function trustTables(_database: DatabaseSync): TrustTables {
  return {};
}
