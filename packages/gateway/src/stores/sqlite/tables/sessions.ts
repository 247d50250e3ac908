import type { DatabaseSync } from 'node:sqlite';
import type { SessionTables } from '../../sessions.ts';

export function sessionTables(_database: DatabaseSync): SessionTables {
  return {};
}
