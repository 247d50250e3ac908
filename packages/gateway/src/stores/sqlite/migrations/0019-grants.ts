export const grants = `
CREATE TABLE grants (
  grant_id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  subject TEXT NOT NULL,
  delegate TEXT NOT NULL,
  operations TEXT NOT NULL,
  level INTEGER NOT NULL,
  reason TEXT,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  revoked_at TEXT,
  last_used_at TEXT
) STRICT;
CREATE INDEX grants_of_workspace ON grants (workspace, grant_id);

-- When the use of an operation was last written into the log.
CREATE TABLE grant_uses (
  workspace TEXT NOT NULL,
  grant_id TEXT NOT NULL,
  operation TEXT NOT NULL,
  noted_at TEXT NOT NULL,
  PRIMARY KEY (workspace, grant_id, operation)
) STRICT, WITHOUT ROWID;
`;
