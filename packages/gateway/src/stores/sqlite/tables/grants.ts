import type { DatabaseSync } from 'node:sqlite';
import type { GrantTables } from '../../grants.ts';

export function grantTables(_database: DatabaseSync): GrantTables {
  return {};
}
