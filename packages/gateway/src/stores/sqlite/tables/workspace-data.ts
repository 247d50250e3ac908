import type { DatabaseSync } from 'node:sqlite';
import type { WorkspaceDataTables } from '../../workspace-data.ts';

/** Tables of which a closed workspace keeps no row. */
export const forgottenTables = [
  ...[
    'dead_letters',
    'checkpoints',
    'checkpoint_owners',
    'tasks',
    'task_counts',
    'implementations',
    'launches',
  ],
  ...[
    'orchestrators',
    'workflow_rules',
    'acl_rules',
    'acl_fallbacks',
    'acl_revisions',
    'grants',
    'grant_uses',
    'peers',
  ],
] as const;

const OF_INBOXES = 'inbox_id IN (SELECT inbox_id FROM inboxes WHERE workspace = ?)';
const OF_NAMESPACES = [
  `namespace IN ('workspace/' || ?1, 'global/' || ?1)`,
  `namespace >= 'user/' || ?1 || '/' AND namespace < 'user/' || ?1 || '0'`,
  `namespace >= 'user-workspace/' || ?1 || '/' AND namespace < 'user-workspace/' || ?1 || '0'`,
].join(' OR ');

/**
 * Rows of tables that do not name the workspace come first, while what leads to them is there. Of what is numbered over all
 * workspaces the newest row stays, emptied, or its number would be given again. Inboxes stay: their ids are those of senders.
 */
const steps: readonly string[] = [
  `UPDATE messages SET is_pending = 0, body = '' WHERE ${OF_INBOXES}`,
  `DELETE FROM messages WHERE ${OF_INBOXES} AND sequence < (SELECT max(sequence) FROM messages)`,
  'UPDATE inboxes SET pending = 0, pending_bytes = 0 WHERE workspace = ?',
  `DELETE FROM kv_entries WHERE ${OF_NAMESPACES}`,
  `UPDATE kv_changes SET value = NULL WHERE ${OF_NAMESPACES}`,
  `DELETE FROM kv_changes WHERE (${OF_NAMESPACES}) AND sequence < (SELECT max(sequence) FROM kv_changes)`,
  `DELETE FROM kv_namespaces WHERE ${OF_NAMESPACES}`,
  'DELETE FROM task_payloads WHERE task_id IN (SELECT task_id FROM tasks WHERE workspace = ?)',
  'DELETE FROM workflow_runs WHERE rule_id IN (SELECT rule_id FROM workflow_rules WHERE workspace = ?)',
  ...forgottenTables.map((table) => `DELETE FROM ${table} WHERE workspace = ?`),
];

export function workspaceDataTables(database: DatabaseSync): WorkspaceDataTables {
  return {
    workspaceData: {
      forget(workspace) {
        // Prepared when used: a workspace is closed rarely.
        for (const sql of steps) database.prepare(sql).run(workspace);
      },
    },
  };
}
