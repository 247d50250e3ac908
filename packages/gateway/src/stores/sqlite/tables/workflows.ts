import type { DatabaseSync } from 'node:sqlite';
import type { WorkflowTables } from '../../workflows.ts';

export function workflowTables(_database: DatabaseSync): WorkflowTables {
  return {};
}
