import type { DatabaseSync } from 'node:sqlite';
import type { DecisionTables } from '../../decisions.ts';

export function decisionTables(_database: DatabaseSync): DecisionTables {
  return {};
}
