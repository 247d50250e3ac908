import type { StoredMessage } from '../../messages.ts';
import { optional, type Row, text } from '../sql.ts';

/** Columns of a message with the addresses of both sides, where `m` is its row. */
export const MESSAGE_COLUMNS = `m.sequence, m.message_id, m.attempts, m.bytes, m.sent_at, m.expires_at, m.kind, m.reply_to,
  m.on_behalf_of, m.body, (SELECT address FROM inboxes WHERE inbox_id = m.sender_id) AS sender,
  coalesce(m.addressed_to, (SELECT address FROM inboxes WHERE inbox_id = m.inbox_id)) AS recipient`;

export function toMessage(row: Row): StoredMessage {
  return {
    sequence: Number(row.sequence),
    messageId: text(row, 'message_id'),
    from: text(row, 'sender'),
    to: text(row, 'recipient'),
    kind: text(row, 'kind') as StoredMessage['kind'],
    body: text(row, 'body'),
    bytes: Number(row.bytes),
    sentAt: Number(row.sent_at),
    ...(row.expires_at === null ? {} : { expiresAt: Number(row.expires_at) }),
    ...optional(row, 'reply_to', 'replyTo'),
    ...optional(row, 'on_behalf_of', 'onBehalfOf'),
    attempts: Number(row.attempts),
  };
}
