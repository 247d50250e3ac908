import type { DatabaseSync } from 'node:sqlite';
import type { PeopleTables } from '../../people.ts';

export function peopleTables(_database: DatabaseSync): PeopleTables {
  return {};
}
