/**
 * The row of a message stays after it was settled, without its body, so that sending it again is recognised by one index.
 * Its rowid is its sequence: what is put in later has the greater one, in whatever inbox. The newest row is never removed, so
 * no sequence is given twice.
 */
export const messages = `
CREATE TABLE inboxes (
  inbox_id INTEGER PRIMARY KEY,
  workspace TEXT NOT NULL,
  address TEXT NOT NULL,
  member_of TEXT,
  last_sequence INTEGER NOT NULL DEFAULT 0,
  pending INTEGER NOT NULL DEFAULT 0,
  pending_bytes INTEGER NOT NULL DEFAULT 0,
  delivered INTEGER NOT NULL DEFAULT 0,
  expired INTEGER NOT NULL DEFAULT 0,
  dead_lettered INTEGER NOT NULL DEFAULT 0,
  UNIQUE (workspace, address)
);
CREATE INDEX inboxes_by_group ON inboxes (workspace, member_of) WHERE member_of IS NOT NULL;

CREATE TABLE messages (
  sequence INTEGER PRIMARY KEY,
  inbox_id INTEGER NOT NULL,
  sender_id INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  is_pending INTEGER NOT NULL,
  held_by TEXT NOT NULL DEFAULT '',
  attempts INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,
  expires_at INTEGER,
  addressed_to TEXT,
  kind TEXT NOT NULL,
  reply_to TEXT,
  on_behalf_of TEXT,
  body TEXT NOT NULL,
  UNIQUE (sender_id, message_id, inbox_id)
);
CREATE INDEX messages_pending ON messages (inbox_id, held_by, sequence, bytes) WHERE is_pending = 1;
CREATE INDEX messages_held ON messages (inbox_id, held_by) WHERE is_pending = 1 AND held_by <> '';
CREATE INDEX messages_expiring ON messages (expires_at) WHERE is_pending = 1 AND expires_at IS NOT NULL;

CREATE TABLE dead_letters (
  dead_letter_id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  address TEXT NOT NULL,
  inbox_id INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  sender_id INTEGER NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT,
  at INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,
  expires_at INTEGER,
  addressed_to TEXT,
  kind TEXT NOT NULL,
  reply_to TEXT,
  on_behalf_of TEXT,
  body TEXT NOT NULL
);
CREATE INDEX dead_letters_by_workspace ON dead_letters (workspace, dead_letter_id);
CREATE INDEX dead_letters_by_address ON dead_letters (workspace, address, dead_letter_id);
CREATE INDEX dead_letters_by_time ON dead_letters (at);
`;
