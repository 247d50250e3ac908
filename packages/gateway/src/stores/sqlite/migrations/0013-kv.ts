export const kv = `
CREATE TABLE kv_entries (
  id INTEGER PRIMARY KEY,
  namespace TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  version INTEGER NOT NULL,
  expires_at TEXT,
  updated_at TEXT NOT NULL,
  updated_by TEXT NOT NULL,
  UNIQUE (namespace, key)
) STRICT;
CREATE INDEX kv_expiring ON kv_entries (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE kv_namespaces (
  namespace TEXT PRIMARY KEY,
  key_count INTEGER NOT NULL,
  version_floor INTEGER NOT NULL,
  change_floor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE kv_changes (
  sequence INTEGER PRIMARY KEY,
  namespace TEXT NOT NULL,
  key TEXT NOT NULL,
  change TEXT NOT NULL,
  version INTEGER NOT NULL,
  value TEXT,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX kv_changes_of_namespace ON kv_changes (namespace, sequence);
`;
