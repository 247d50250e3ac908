import type { DatabaseSync } from 'node:sqlite';
import type { DecisionTables } from '../../decisions.ts';
import { capabilityTable } from './capabilities.ts';
import { policyTable } from './policies.ts';

export function decisionTables(database: DatabaseSync): DecisionTables {
  return { policies: policyTable(database), capabilities: capabilityTable(database) };
}
