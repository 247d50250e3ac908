import type { DatabaseSync } from 'node:sqlite';
import type { Policy } from '@bonafide/core/models';
import type { PolicyTable } from '../../decisions.ts';
import { createSelector, optional, orNull, type Row, text } from '../sql.ts';

const WITH_ACTIVE = `(SELECT policies.*, active_policies.version IS NOT NULL AS is_active FROM policies
  LEFT JOIN active_policies USING (workspace, mode, version))`;

export function policyTable(database: DatabaseSync): PolicyTable {
  const insert = database.prepare(
    `INSERT INTO policies (workspace, version, revision, mode, cedar, note, created_by, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const activate = database.prepare(
    `INSERT INTO active_policies (workspace, mode, version, revision) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET version = excluded.version, revision = excluded.revision`,
  );
  const get = database.prepare(`SELECT * FROM ${WITH_ACTIVE} WHERE workspace = ? AND version = ?`);
  const newest = database.prepare('SELECT MAX(version) AS version FROM policies WHERE workspace = ?');
  const active = database.prepare('SELECT mode, version, revision FROM active_policies WHERE workspace = ?');
  const select = createSelector(database);
  return {
    insert({ workspace, version, revision, mode, cedar, note, createdBy, createdAt }) {
      insert.run(workspace, version, revision, mode, cedar, orNull(note), createdBy, createdAt);
      activate.run(workspace, mode, version, revision);
    },
    get: (workspace, version) => toPolicy(get.get(workspace, version)),
    getNewestVersion: (workspace) => Number(newest.get(workspace)?.version ?? 0),
    listActive: (workspace) =>
      active.all(workspace).map((row) => ({
        mode: text(row, 'mode') as Policy['mode'],
        version: Number(row.version),
        revision: text(row, 'revision'),
      })),
    list: (workspace, { before, limit }) =>
      select({
        from: WITH_ACTIVE,
        where: [
          ['workspace = ?', workspace],
          ['version < ?', before],
        ],
        orderBy: 'version DESC',
        limit,
      }).flatMap((row) => toPolicy(row) ?? []),
  };
}

function toPolicy(row: Row | undefined): Policy | undefined {
  if (!row) return undefined;
  return {
    workspace: text(row, 'workspace'),
    version: Number(row.version),
    mode: text(row, 'mode') as Policy['mode'],
    isActive: row.is_active === 1,
    cedar: text(row, 'cedar'),
    ...optional(row, 'note', 'note'),
    createdBy: text(row, 'created_by'),
    createdAt: text(row, 'created_at'),
  };
}
