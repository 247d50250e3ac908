import type { DatabaseSync } from 'node:sqlite';
import type { KvTables } from '../../kv.ts';

export function kvTables(_database: DatabaseSync): KvTables {
  return {};
}
