import type { DatabaseSync } from 'node:sqlite';
import type { InboxTable, StoredInbox } from '../../messages.ts';
import { type Row, text } from '../sql.ts';

export function inboxTable(database: DatabaseSync): InboxTable {
  const insert = database.prepare('INSERT INTO inboxes (workspace, address) VALUES (?, ?)');
  const find = database.prepare('SELECT * FROM inboxes WHERE workspace = ? AND address = ?');
  const get = database.prepare('SELECT * FROM inboxes WHERE inbox_id = ?');
  const last = database.prepare('SELECT last_sequence FROM inboxes WHERE inbox_id = ?');
  const oldest = database.prepare(
    `SELECT sent_at FROM messages WHERE sequence = (
       SELECT min(sequence) FROM messages WHERE inbox_id = ? AND is_pending = 1)`,
  );
  const join = database.prepare('UPDATE inboxes SET member_of = ? WHERE inbox_id = ?');
  const overflow = database.prepare(
    'UPDATE inboxes SET dead_lettered = dead_lettered + 1 WHERE inbox_id = ?',
  );
  const members = database.prepare(
    'SELECT * FROM inboxes WHERE workspace = ? AND member_of = ? ORDER BY inbox_id',
  );
  const used = database.prepare(
    `SELECT * FROM inboxes WHERE workspace = ? AND address > ? AND last_sequence > 0 ORDER BY address LIMIT ?`,
  );
  const count = database.prepare(
    'SELECT count(*) AS count FROM (SELECT 1 FROM inboxes WHERE workspace = ? LIMIT ?)',
  );
  return {
    ensure({ workspace, address }) {
      const known = find.get(workspace, address);
      return Number(known ? known.inbox_id : insert.run(workspace, address).lastInsertRowid);
    },
    find({ workspace, address }) {
      const row = find.get(workspace, address);
      return row && toInbox(row);
    },
    get(inboxId) {
      const row = get.get(inboxId);
      return row && toInbox(row);
    },
    getLastSequence: (inboxId) => Number(last.get(inboxId)?.last_sequence ?? 0),
    getOldestAt(inboxId) {
      const at = oldest.get(inboxId)?.sent_at;
      return at === undefined ? undefined : Number(at);
    },
    join(inboxId, group) {
      join.run(group, inboxId);
    },
    addOverflow(inboxId) {
      overflow.run(inboxId);
    },
    listMembers: (workspace, group) => members.all(workspace, group).map(toInbox),
    list: (workspace, { after, limit }) => used.all(workspace, after ?? '', limit).map(toInbox),
    getCount: (workspace, limit) => Number(count.get(workspace, limit)?.count),
  };
}

function toInbox(row: Row): StoredInbox {
  return {
    inboxId: Number(row.inbox_id),
    workspace: text(row, 'workspace'),
    address: text(row, 'address'),
    lastSequence: Number(row.last_sequence),
    pending: Number(row.pending),
    pendingBytes: Number(row.pending_bytes),
    delivered: Number(row.delivered),
    expired: Number(row.expired),
    deadLettered: Number(row.dead_lettered),
  };
}
