import type { DatabaseSync } from 'node:sqlite';
import type { TaskTables } from '../../tasks.ts';

export function taskTables(_database: DatabaseSync): TaskTables {
  return {};
}
