export const checkpoints = `
CREATE TABLE checkpoints (
  id INTEGER PRIMARY KEY,
  workspace TEXT NOT NULL,
  owner TEXT NOT NULL,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  saved_at TEXT NOT NULL,
  expires_at TEXT,
  data TEXT NOT NULL,
  UNIQUE (workspace, owner, key)
) STRICT;
CREATE INDEX checkpoints_expiring ON checkpoints (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE checkpoint_owners (
  workspace TEXT NOT NULL,
  owner TEXT NOT NULL,
  checkpoint_count INTEGER NOT NULL,
  version_floor INTEGER NOT NULL,
  PRIMARY KEY (workspace, owner)
) STRICT, WITHOUT ROWID;
`;
