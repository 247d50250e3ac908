export const tasks = `
CREATE TABLE tasks (
  task_id TEXT NOT NULL,
  workspace TEXT NOT NULL,
  task_type TEXT NOT NULL,
  mode TEXT NOT NULL,
  queue TEXT NOT NULL,
  target TEXT,
  payload TEXT,
  metadata TEXT NOT NULL,
  priority INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_by_actor TEXT NOT NULL,
  on_behalf_of TEXT,
  max_attempts INTEGER NOT NULL,
  initial_backoff_ms INTEGER NOT NULL,
  max_backoff_ms INTEGER NOT NULL,
  launch_parameters TEXT,
  notify TEXT,
  created_at TEXT NOT NULL,
  status TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  attempts_before INTEGER NOT NULL,
  assigned_to TEXT,
  session_id TEXT,
  gateway_id TEXT,
  lease_expires_at TEXT,
  not_before TEXT,
  progress TEXT,
  result TEXT,
  error TEXT,
  updated_at TEXT NOT NULL,
  finished_at TEXT,
  PRIMARY KEY (workspace, task_id)
) STRICT;
CREATE INDEX tasks_claimable ON tasks (workspace, queue, priority DESC, task_id, task_type)
  WHERE status = 'pending' AND not_before IS NULL;
CREATE INDEX tasks_delayed ON tasks (not_before) WHERE status = 'pending' AND not_before IS NOT NULL;
CREATE INDEX tasks_leased ON tasks (lease_expires_at) WHERE status = 'running';
CREATE INDEX tasks_of_session ON tasks (gateway_id, session_id) WHERE status = 'running' AND gateway_id IS NOT NULL;
CREATE INDEX tasks_of_worker ON tasks (workspace, assigned_to, queue) WHERE status = 'running';
CREATE INDEX tasks_finished ON tasks (status, finished_at) WHERE finished_at IS NOT NULL;

-- Large payloads beside the row, which changes often and is written whole each time.
CREATE TABLE task_payloads (
  task_id TEXT PRIMARY KEY,
  payload TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE task_counts (
  workspace TEXT PRIMARY KEY,
  open INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;
