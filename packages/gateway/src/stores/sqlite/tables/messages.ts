import type { DatabaseSync } from 'node:sqlite';
import type {
  MessageTable,
  MessageTables,
  NewMessage,
  PendingPlace,
  Placed,
  StoredMessage,
} from '../../messages.ts';
import { orNull, type Row, text } from '../sql.ts';
import { MESSAGE_COLUMNS, toMessage } from './message-row.ts';
import { deadLetterTable } from './messages-dead-letters.ts';
import { inboxTable } from './messages-inboxes.ts';
import { settling } from './messages-settle.ts';

export function messageTables(database: DatabaseSync): MessageTables {
  return {
    inboxes: inboxTable(database),
    messages: { ...appending(database), ...reading(database), ...holding(database), ...settling(database) },
    deadLetters: deadLetterTable(database),
  };
}

function appending(database: DatabaseSync): Pick<MessageTable, 'append' | 'appendSettled'> {
  const insert = database.prepare(
    `INSERT INTO messages (inbox_id, sender_id, message_id, is_pending, bytes, sent_at, expires_at, addressed_to, kind,
       reply_to, on_behalf_of, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (sender_id, message_id, inbox_id) DO NOTHING`,
  );
  const known = database.prepare(
    'SELECT sequence FROM messages WHERE sender_id = ? AND message_id = ? AND inbox_id = ?',
  );
  const fill = database.prepare(
    'SELECT last_sequence, pending, pending_bytes FROM inboxes WHERE inbox_id = ?',
  );
  const count = database.prepare(
    'UPDATE inboxes SET last_sequence = ?, pending = pending + ?, pending_bytes = pending_bytes + ? WHERE inbox_id = ?',
  );

  function place(inboxId: number, message: NewMessage, isPending: 0 | 1): Placed {
    const { messageId, senderId, to, kind, body, bytes, sentAt, expiresAt, replyTo, onBehalfOf } = message;
    const { changes, lastInsertRowid } = insert.run(
      ...([inboxId, senderId, messageId, isPending, bytes, sentAt, expiresAt ?? null] as const),
      ...[orNull(to), kind, orNull(replyTo), orNull(onBehalfOf), isPending ? body : ''],
    );
    if (changes === 1) return { outcome: 'kept', sequence: Number(lastInsertRowid) };
    return {
      outcome: 'duplicate',
      sequence: Number(known.get(senderId, messageId, inboxId)?.sequence),
    };
  }

  function placeWhenFull(inboxId: number, { senderId, messageId }: NewMessage): Placed {
    const sequence = known.get(senderId, messageId, inboxId)?.sequence;
    return sequence === undefined
      ? { outcome: 'full' }
      : { outcome: 'duplicate', sequence: Number(sequence) };
  }

  return {
    append(inboxId, messages, limits) {
      const row = fill.get(inboxId);
      const previous = Number(row?.last_sequence);
      let [last, added, addedBytes] = [previous, 0, 0];
      const placed = messages.map((message) => {
        const isFull =
          Number(row?.pending) + added >= limits.messages ||
          Number(row?.pending_bytes) + addedBytes + message.bytes > limits.bytes;
        if (isFull) return placeWhenFull(inboxId, message);
        const where = place(inboxId, message, 1);
        if (where.outcome === 'kept') {
          last = where.sequence;
          added++;
          addedBytes += message.bytes;
        }
        return where;
      });
      if (added > 0) count.run(last, added, addedBytes, inboxId);
      return { previous, placed };
    },
    appendSettled: (inboxId, message) => place(inboxId, message, 0),
  };
}

function reading(
  database: DatabaseSync,
): Pick<MessageTable, 'get' | 'listAfter' | 'getUnheldCount' | 'listExpired' | 'listOutdated'> {
  const get = database.prepare(
    `SELECT ${MESSAGE_COLUMNS} FROM messages m WHERE sequence = ? AND inbox_id = ? AND is_pending = 1`,
  );
  const after = database.prepare(
    `SELECT ${MESSAGE_COLUMNS} FROM messages m INDEXED BY messages_pending
     WHERE inbox_id = ? AND held_by = '' AND sequence > ? AND is_pending = 1 ORDER BY sequence LIMIT ?`,
  );
  const unheld = database.prepare(
    `SELECT count(*) AS count FROM (
       SELECT 1 FROM messages WHERE inbox_id = ? AND held_by = '' AND is_pending = 1 LIMIT ?)`,
  );
  const expired = database.prepare(
    `SELECT inbox_id, sequence, held_by FROM messages
     WHERE is_pending = 1 AND expires_at IS NOT NULL AND expires_at <= ? ORDER BY expires_at LIMIT ?`,
  );
  const scan = database.prepare(
    `SELECT sequence, inbox_id, held_by, is_pending, expires_at, sent_at FROM messages WHERE sequence > ?
     ORDER BY sequence LIMIT ?`,
  );
  return {
    get: (inboxId, sequence) => {
      const row = get.get(sequence, inboxId);
      return row && toMessage(row);
    },
    listAfter(inboxId, { after: position, limit, maxBytes }) {
      const page: StoredMessage[] = [];
      let bytes = 0;
      for (const row of after.iterate(inboxId, position, limit)) {
        const message = toMessage(row);
        page.push(message);
        bytes += message.bytes;
        if (bytes >= maxBytes) break;
      }
      return page;
    },
    getUnheldCount: (inboxId, limit) => Number(unheld.get(inboxId, limit)?.count),
    listExpired: (now, limit) => expired.all(now, limit).map(toPlace),
    listOutdated(before, { after: position, limit }) {
      const rows = scan.all(position, limit);
      const young = rows.findIndex((row) => Number(row.sent_at) >= before);
      const old = young < 0 ? rows : rows.slice(0, young);
      return {
        items: old.filter((row) => row.is_pending === 1 && row.expires_at === null).map(toPlace),
        scannedThrough: Number(old.at(-1)?.sequence ?? position),
      };
    },
  };
}

function holding(
  database: DatabaseSync,
): Pick<MessageTable, 'claim' | 'release' | 'listHolders' | 'addAttempt' | 'prune'> {
  const free = database.prepare(
    `SELECT sequence FROM messages WHERE inbox_id = ? AND held_by = '' AND is_pending = 1 ORDER BY sequence LIMIT ?`,
  );
  const hold = database.prepare(
    'UPDATE messages SET held_by = ?, attempts = attempts + 1 WHERE sequence = ?',
  );
  const held = database.prepare(`SELECT ${MESSAGE_COLUMNS} FROM messages m WHERE sequence = ?`);
  const release = database.prepare(
    `UPDATE messages SET held_by = '' WHERE inbox_id = ? AND held_by = ? AND is_pending = 1`,
  );
  const holders = database.prepare(
    `SELECT DISTINCT inbox_id, held_by FROM messages INDEXED BY messages_held WHERE is_pending = 1 AND held_by <> ''`,
  );
  const attempt = database.prepare(
    `UPDATE messages SET attempts = attempts + 1
     WHERE inbox_id = ? AND held_by = '' AND sequence BETWEEN ? AND ? AND is_pending = 1`,
  );
  // Rows are as old as their place, so it ends at the first that is younger.
  const prune = database.prepare(
    `DELETE FROM messages WHERE sequence IN (
       SELECT sequence FROM messages WHERE is_pending = 0 AND sequence < coalesce(
           (SELECT sequence FROM messages WHERE sent_at >= ? ORDER BY sequence LIMIT 1),
           (SELECT max(sequence) FROM messages))
         ORDER BY sequence LIMIT ?)`,
  );
  return {
    claim(inboxId, { heldBy, limit }) {
      return free.all(inboxId, limit).map(({ sequence = null }) => {
        hold.run(heldBy, sequence);
        return toMessage(held.get(sequence) ?? {});
      });
    },
    release: (inboxId, heldBy) => Number(release.run(inboxId, heldBy).changes),
    listHolders: () =>
      holders.all().map((row) => ({ inboxId: Number(row.inbox_id), heldBy: text(row, 'held_by') })),
    addAttempt(inboxId, { from, through }) {
      attempt.run(inboxId, from, through);
    },
    prune: (before, limit) => Number(prune.run(before, limit).changes),
  };
}

function toPlace(row: Row): PendingPlace {
  return { inboxId: Number(row.inbox_id), sequence: Number(row.sequence), heldBy: text(row, 'held_by') };
}
