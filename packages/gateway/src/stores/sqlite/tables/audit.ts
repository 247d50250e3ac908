import type { DatabaseSync } from 'node:sqlite';
import type { AuditEntry } from '@bonafide/core/models';
import type { AuditTable } from '../../store.ts';
import { createSelector, json, optional, orNull, type Row, text } from '../sql.ts';

export function auditTable(database: DatabaseSync): AuditTable {
  // One writer at a time holds the write lock here, so the next sequence cannot be taken by another.
  const append = database.prepare(
    `INSERT INTO audit (workspace, sequence, at, actor, event, subject, request_id, data)
     VALUES (?1, coalesce((SELECT max(sequence) FROM audit WHERE workspace = ?1), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7)`,
  );
  const select = createSelector(database);
  return {
    append({ workspace, at, actor, event, subject, requestId, data }) {
      append.run(workspace, at, actor, event, subject, orNull(requestId), JSON.stringify(data));
      return { workspace, sequence: 0, at, leafHash: new Uint8Array(32) };
    },
    list: ({ workspace, actor, event, subject, from, to }, { after, limit }) =>
      select({
        from: 'audit',
        where: [
          ['workspace = ?', workspace],
          ['sequence > ?', after],
          ['actor = ?', actor],
          ['event = ?', event],
          ['subject = ?', subject],
          ['at >= ?', from],
          ['at <= ?', to],
        ],
        orderBy: 'sequence',
        limit,
      }).map(toEntry),
  };
}

function toEntry(row: Row): AuditEntry {
  return {
    sequence: Number(row.sequence),
    workspace: text(row, 'workspace'),
    at: text(row, 'at'),
    actor: text(row, 'actor'),
    event: text(row, 'event'),
    subject: text(row, 'subject'),
    ...optional(row, 'request_id', 'requestId'),
    dataDigest: '',
    data: json(row, 'data'),
  };
}
