import type { DatabaseSync } from 'node:sqlite';
import type { LaunchTables } from '../../launches.ts';

export function launchTables(_database: DatabaseSync): LaunchTables {
  return {};
}
