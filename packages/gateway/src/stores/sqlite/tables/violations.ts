import type { DatabaseSync } from 'node:sqlite';
import type { ViolationTables } from '../../violations.ts';

export function violationTables(database: DatabaseSync): ViolationTables {
  const count = database.prepare(
    `INSERT INTO violations (workspace, action_id, agent_id, reason, attempts) VALUES (?, ?, ?, ?, 1)
     ON CONFLICT DO UPDATE SET attempts = attempts + 1 RETURNING attempts`,
  );
  return {
    violations: {
      count: ({ workspace, actionId, agentId, reason }) =>
        Number(count.get(workspace, actionId, agentId, reason)?.attempts),
    },
  };
}
