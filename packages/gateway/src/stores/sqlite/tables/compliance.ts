import type { DatabaseSync } from 'node:sqlite';
import type { ComplianceTables } from '../../compliance.ts';
import { json, text } from '../sql.ts';

export function complianceTables(database: DatabaseSync): ComplianceTables {
  // The events are named as in the partial index, or it would not be used; with max() the other columns are of its row.
  const keyStarts = database.prepare(
    `SELECT subject, max(sequence) AS sequence, at, event FROM audit
     WHERE workspace = ? AND event IN ('agent.registered', 'agent.key-rotated') AND subject > ? AND at < ?
     GROUP BY subject ORDER BY subject LIMIT ?`,
  );
  // What prunes writes such an entry after those it empties, so the newest one has its data.
  const newestPruning = database.prepare(
    `SELECT data FROM audit WHERE workspace = ? AND event = 'audit.pruned' AND actor = 'system'
     ORDER BY sequence DESC LIMIT 1`,
  );
  return {
    auditMarks: {
      listKeyStarts: ({ workspace, time }, { after, limit }) =>
        keyStarts.all(workspace, after, time, limit).map((row) => ({
          agentId: text(row, 'subject'),
          sequence: Number(row.sequence),
          at: text(row, 'at'),
          event: text(row, 'event'),
        })),
      getPrunedThrough(workspace) {
        const row = newestPruning.get(workspace);
        return row?.data ? Number(json<{ throughSequence?: number }>(row, 'data').throughSequence ?? 0) : 0;
      },
    },
  };
}
