import type { DatabaseSync } from 'node:sqlite';
import type { AccessLevel, DelegationGrant as Grant } from '@bonafide/core/models';
import type { GrantTable, GrantTables } from '../../grants.ts';
import { createSelector, json, optional, orNull, type Row, text } from '../sql.ts';

export function grantTables(database: DatabaseSync): GrantTables {
  return { grants: grantTable(database) };
}

const CONCERNS =
  'EXISTS (SELECT 1 FROM json_each(?) WHERE value IN (grants.subject, grants.created_by, grants.delegate))';

function grantTable(database: DatabaseSync): GrantTable {
  const insert = database.prepare(
    `INSERT INTO grants (grant_id, workspace, subject, delegate, operations, level, reason, created_by, created_at, expires_at,
       revoked_at, last_used_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const revoke = database.prepare('UPDATE grants SET revoked_at = ? WHERE grant_id = ? AND workspace = ?');
  const use = database.prepare('UPDATE grants SET last_used_at = ? WHERE grant_id = ? AND workspace = ?');
  const note = database.prepare(
    `INSERT INTO grant_uses (workspace, grant_id, operation, noted_at) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET noted_at = excluded.noted_at`,
  );
  const get = database.prepare('SELECT * FROM grants WHERE grant_id = ? AND workspace = ?');
  const noted = database.prepare(
    'SELECT noted_at FROM grant_uses WHERE workspace = ? AND grant_id = ? AND operation = ?',
  );
  const select = createSelector(database);
  return {
    insert(workspace, grant) {
      insert.run(
        ...[grant.grantId, workspace, grant.subject, grant.delegate, JSON.stringify(grant.operations)],
        ...[grant.level, orNull(grant.reason), grant.createdBy, grant.createdAt, grant.expiresAt],
        ...[orNull(grant.revokedAt), orNull(grant.lastUsedAt)],
      );
    },
    revoke({ workspace, id }, revokedAt) {
      revoke.run(revokedAt, id, workspace);
    },
    noteUse({ workspace, id }, { operation, at }) {
      use.run(at, id, workspace);
      note.run(workspace, id, operation, at);
    },
    get({ workspace, id }) {
      const row = get.get(id, workspace);
      return row && toGrant(row);
    },
    getNotedAt({ workspace, id }, operation) {
      const row = noted.get(workspace, id, operation);
      return row && text(row, 'noted_at');
    },
    list: ({ workspace, subject, delegate, concerning }, { before, limit }) =>
      select({
        from: 'grants',
        where: [
          ['workspace = ?', workspace],
          ['subject = ?', subject],
          ['delegate = ?', delegate],
          [CONCERNS, concerning && JSON.stringify(concerning)],
          ['grant_id < ?', before],
        ],
        orderBy: 'grant_id DESC',
        limit,
      }).map(toGrant),
  };
}

function toGrant(row: Row): Grant {
  return {
    grantId: text(row, 'grant_id'),
    subject: text(row, 'subject'),
    delegate: text(row, 'delegate'),
    operations: json(row, 'operations'),
    level: Number(row.level) as AccessLevel,
    ...optional(row, 'reason', 'reason'),
    createdBy: text(row, 'created_by'),
    createdAt: text(row, 'created_at'),
    expiresAt: text(row, 'expires_at'),
    ...optional(row, 'revoked_at', 'revokedAt'),
    ...optional(row, 'last_used_at', 'lastUsedAt'),
  };
}
