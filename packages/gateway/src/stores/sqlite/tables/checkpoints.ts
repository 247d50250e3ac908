import type { DatabaseSync } from 'node:sqlite';
import type { CheckpointTables } from '../../checkpoints.ts';

export function checkpointTables(_database: DatabaseSync): CheckpointTables {
  return {};
}
