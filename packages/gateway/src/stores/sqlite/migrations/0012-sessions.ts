export const sessions = `
CREATE TABLE gateways (
  gateway_id TEXT PRIMARY KEY,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  alive_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  session_id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  address TEXT NOT NULL,
  principal_type TEXT NOT NULL,
  gateway_id TEXT NOT NULL,
  record TEXT NOT NULL,
  -- The lock: one session has an address.
  UNIQUE (workspace, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of_workspace ON sessions (workspace, session_id);
CREATE INDEX sessions_of_gateway ON sessions (gateway_id);

CREATE TABLE claims (
  workspace TEXT NOT NULL,
  address TEXT NOT NULL,
  actor TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  resume_hash TEXT NOT NULL,
  previous_hash TEXT,
  is_generated INTEGER NOT NULL,
  used_at TEXT NOT NULL,
  PRIMARY KEY (workspace, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX claims_by_resume_hash ON claims (resume_hash);
CREATE INDEX claims_by_previous_hash ON claims (previous_hash) WHERE previous_hash IS NOT NULL;
CREATE INDEX claims_generated ON claims (used_at) WHERE is_generated = 1;
`;
