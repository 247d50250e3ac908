export const decisions = `
ALTER TABLE actions ADD COLUMN rule TEXT;
ALTER TABLE actions ADD COLUMN policy_version INTEGER;
ALTER TABLE actions ADD COLUMN shadow TEXT;
CREATE INDEX actions_pending ON actions (workspace, agent_id) WHERE status = 'pending';

ALTER TABLE approvals ADD COLUMN policy_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE approvals ADD COLUMN approvals_needed INTEGER NOT NULL DEFAULT 1;
ALTER TABLE approvals ADD COLUMN votes TEXT NOT NULL DEFAULT '[]';

CREATE TABLE policies (
  workspace TEXT NOT NULL,
  version INTEGER NOT NULL,
  revision TEXT NOT NULL UNIQUE,
  mode TEXT NOT NULL,
  cedar TEXT NOT NULL,
  note TEXT,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (workspace, version)
);

CREATE TABLE active_policies (
  workspace TEXT NOT NULL,
  mode TEXT NOT NULL,
  version INTEGER NOT NULL,
  revision TEXT NOT NULL,
  PRIMARY KEY (workspace, mode)
) WITHOUT ROWID;

CREATE TABLE capabilities (
  capability_id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  capability TEXT NOT NULL,
  resource TEXT,
  status TEXT NOT NULL,
  reason TEXT NOT NULL,
  decided_by TEXT,
  decision_reason TEXT,
  expires_at TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE INDEX capabilities_of_workspace ON capabilities (workspace, capability_id);
CREATE INDEX capabilities_of_agent ON capabilities (workspace, agent_id, status);
CREATE INDEX capabilities_expiring ON capabilities (expires_at) WHERE status = 'granted' AND expires_at IS NOT NULL;
`;
