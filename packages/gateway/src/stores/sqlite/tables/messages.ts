import type { DatabaseSync } from 'node:sqlite';
import type { MessageTables } from '../../messages.ts';

export function messageTables(_database: DatabaseSync): MessageTables {
  return {};
}
