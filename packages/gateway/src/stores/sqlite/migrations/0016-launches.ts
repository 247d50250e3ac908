export const launches = `
CREATE TABLE implementations (
  workspace TEXT NOT NULL,
  implementation TEXT NOT NULL,
  profile TEXT NOT NULL,
  launch_parameters TEXT NOT NULL,
  description TEXT,
  task_types TEXT NOT NULL,
  max_instances INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (workspace, implementation)
) STRICT, WITHOUT ROWID;

CREATE TABLE launches (
  launch_id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  implementation TEXT NOT NULL,
  address TEXT NOT NULL,
  is_pooled INTEGER NOT NULL,
  profile TEXT NOT NULL,
  launch_parameters TEXT NOT NULL,
  task_id TEXT,
  created_at TEXT NOT NULL,
  status TEXT NOT NULL,
  orchestrator TEXT,
  reason TEXT,
  failures INTEGER NOT NULL,
  failed_with TEXT NOT NULL,
  token_id TEXT,
  due_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX launches_of_workspace ON launches (workspace, launch_id);
CREATE UNIQUE INDEX launches_open ON launches (workspace, address) WHERE status IN ('waiting', 'assigned');
CREATE INDEX launches_of_pool ON launches (workspace, implementation)
  WHERE status IN ('waiting', 'assigned') AND is_pooled = 1;
CREATE INDEX launches_assigned ON launches (workspace, orchestrator) WHERE status = 'assigned';
CREATE INDEX launches_given_up ON launches (workspace, implementation, updated_at)
  WHERE status IN ('failed', 'expired');
CREATE INDEX launches_ended ON launches (updated_at) WHERE status NOT IN ('waiting', 'assigned');

CREATE TABLE orchestrators (
  workspace TEXT NOT NULL,
  address TEXT NOT NULL,
  session_id TEXT NOT NULL UNIQUE,
  profiles TEXT NOT NULL,
  PRIMARY KEY (workspace, address)
) STRICT, WITHOUT ROWID;

ALTER TABLE tokens ADD COLUMN address TEXT;
CREATE INDEX tokens_of_address ON tokens (workspace, address) WHERE address IS NOT NULL AND revoked_at IS NULL;
`;
