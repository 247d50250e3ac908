import type { DatabaseSync } from 'node:sqlite';
import type { DeadLetterTable, StoredDeadLetter } from '../../messages.ts';
import { createSelector, optional, orNull, type Row, text } from '../sql.ts';
import { toMessage } from './message-row.ts';
import { settling } from './messages-settle.ts';

const COPIED = `inbox_id, sequence, sender_id, message_id, attempts, bytes, sent_at, expires_at, addressed_to, kind,
  reply_to, on_behalf_of, body`;

export function deadLetterTable(database: DatabaseSync): DeadLetterTable {
  const copy = database.prepare(
    `INSERT INTO dead_letters (dead_letter_id, reason, detail, at, workspace, address, ${COPIED})
     SELECT ?, ?, ?, ?, (SELECT workspace FROM inboxes WHERE inbox_id = m.inbox_id),
       (SELECT address FROM inboxes WHERE inbox_id = m.inbox_id), ${COPIED}
     FROM messages m WHERE sequence = ? AND inbox_id = ? AND held_by = ? AND is_pending = 1`,
  );
  const prune = database.prepare('DELETE FROM dead_letters WHERE at < ?');
  const { settle } = settling(database);
  return {
    bury({ inboxId, sequence, heldBy = '' }, { deadLetterId, reason, detail, at }) {
      const { changes } = copy.run(deadLetterId, reason, orNull(detail), at, sequence, inboxId, heldBy);
      if (changes === 0) return false;
      settle(inboxId, { sequences: [sequence], heldBy }, reason === 'expired' ? 'expired' : 'deadLettered');
      return true;
    },
    prune(before) {
      prune.run(before);
    },
    revive: reviving(database),
    ...reads(database),
  };
}

function reviving(database: DatabaseSync): DeadLetterTable['revive'] {
  const forget = database.prepare(
    'DELETE FROM messages WHERE sender_id = ? AND message_id = ? AND inbox_id = ? AND is_pending = 0',
  );
  // Not after the newest row alone: that may be the one which was just forgotten.
  const insert = database.prepare(
    `INSERT INTO messages (sequence, is_pending, inbox_id, sender_id, message_id, bytes, sent_at, addressed_to, kind, reply_to,
       on_behalf_of, body)
     SELECT max(coalesce((SELECT max(sequence) FROM messages), 0), (SELECT max(last_sequence) FROM inboxes)) + 1,
       1, inbox_id, sender_id, message_id, bytes, ?, addressed_to, kind, reply_to, on_behalf_of, body
     FROM dead_letters WHERE dead_letter_id = ?`,
  );
  const count = database.prepare(
    `UPDATE inboxes SET last_sequence = ?, pending = pending + 1, pending_bytes = pending_bytes + ? WHERE inbox_id = ?`,
  );
  const remove = database.prepare('DELETE FROM dead_letters WHERE dead_letter_id = ?');
  return ({ deadLetterId, inboxId, senderId, at, message }) => {
    forget.run(senderId, message.messageId, inboxId);
    const sequence = Number(insert.run(at, deadLetterId).lastInsertRowid);
    count.run(sequence, message.bytes, inboxId);
    remove.run(deadLetterId);
    return sequence;
  };
}

function reads(database: DatabaseSync): Pick<DeadLetterTable, 'get' | 'list'> {
  const from = `(SELECT d.*, (SELECT address FROM inboxes WHERE inbox_id = d.sender_id) AS sender,
    coalesce(d.addressed_to, d.address) AS recipient FROM dead_letters d)`;
  const get = database.prepare(`SELECT * FROM ${from} WHERE dead_letter_id = ? AND workspace = ?`);
  const select = createSelector(database);
  return {
    get({ workspace, id }) {
      const row = get.get(id, workspace);
      return row && toDeadLetter(row);
    },
    list: ({ workspace, address }, { before, limit }) =>
      select({
        from,
        where: [
          ['workspace = ?', workspace],
          ['address = ?', address],
          ['dead_letter_id < ?', before],
        ],
        orderBy: 'dead_letter_id DESC',
        limit,
      }).map(toDeadLetter),
  };
}

function toDeadLetter(row: Row): StoredDeadLetter {
  return {
    deadLetterId: text(row, 'dead_letter_id'),
    reason: text(row, 'reason') as StoredDeadLetter['reason'],
    ...optional(row, 'detail', 'detail'),
    inboxId: Number(row.inbox_id),
    workspace: text(row, 'workspace'),
    address: text(row, 'address'),
    at: Number(row.at),
    senderId: Number(row.sender_id),
    message: toMessage(row),
  };
}
