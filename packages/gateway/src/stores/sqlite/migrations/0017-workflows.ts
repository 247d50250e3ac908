export const workflows = `
CREATE TABLE workflow_rules (
  rule_id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  name TEXT NOT NULL,
  trigger TEXT NOT NULL,
  actions TEXT NOT NULL,
  is_enabled INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  owner TEXT NOT NULL,
  since_event INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  runs INTEGER NOT NULL,
  minute INTEGER NOT NULL,
  runs_in_minute INTEGER NOT NULL,
  last_run_at TEXT,
  last_error TEXT
) STRICT;
CREATE INDEX workflow_rules_of_workspace ON workflow_rules (workspace, rule_id);

CREATE TABLE workflow_runs (
  rule_id TEXT NOT NULL,
  event_id INTEGER NOT NULL,
  PRIMARY KEY (rule_id, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX workflow_runs_by_event ON workflow_runs (event_id);

CREATE INDEX events_of_workflows ON events (id) WHERE type = 'workflow.event';

CREATE TABLE workflow_cursor (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  event_id INTEGER NOT NULL
) STRICT;
`;
