export const webhooks = `
CREATE TABLE webhooks (
  webhook_id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  url TEXT NOT NULL,
  types TEXT NOT NULL,
  status TEXT NOT NULL,
  disabled_reason TEXT,
  failing_since TEXT,
  sealed_secret TEXT NOT NULL,
  cursor INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX webhooks_of_workspace ON webhooks (workspace, webhook_id);

CREATE TABLE deliveries (
  delivery_id TEXT PRIMARY KEY,
  webhook_id TEXT NOT NULL REFERENCES webhooks (webhook_id),
  workspace TEXT NOT NULL,
  event_id TEXT NOT NULL,
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  status TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  last_status INTEGER,
  last_error TEXT,
  next_attempt_at TEXT,
  created_at TEXT NOT NULL,
  delivered_at TEXT
) STRICT;
CREATE INDEX deliveries_of_webhook ON deliveries (webhook_id, delivery_id);
CREATE INDEX deliveries_due ON deliveries (webhook_id, next_attempt_at, delivery_id) WHERE status = 'pending';
CREATE INDEX deliveries_finished ON deliveries (created_at) WHERE status <> 'pending';
`;
