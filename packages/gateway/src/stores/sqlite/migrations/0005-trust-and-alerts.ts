export const trustAndAlerts = `
CREATE TABLE alerts (
  alert_id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  type TEXT NOT NULL,
  severity TEXT NOT NULL,
  status TEXT NOT NULL,
  title TEXT NOT NULL,
  subject TEXT NOT NULL,
  agent_id TEXT,
  data TEXT NOT NULL,
  created_at TEXT NOT NULL,
  acknowledged_by TEXT,
  acknowledged_at TEXT,
  resolved_by TEXT,
  resolved_at TEXT,
  resolution TEXT,
  note TEXT
) STRICT;
CREATE INDEX alerts_of_workspace ON alerts (workspace, alert_id);
CREATE INDEX alerts_of_agent ON alerts (workspace, agent_id, alert_id);
CREATE UNIQUE INDEX alerts_unresolved ON alerts (workspace, type, subject) WHERE status <> 'resolved';

-- What the events say of an agent, day by day of UTC: it outlives them.
CREATE TABLE tallies (
  workspace TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  day TEXT NOT NULL,
  approved INTEGER NOT NULL,
  denied INTEGER NOT NULL,
  expired INTEGER NOT NULL,
  unanswered INTEGER NOT NULL,
  executed INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  supervised INTEGER NOT NULL,
  violations INTEGER NOT NULL,
  PRIMARY KEY (workspace, agent_id, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX tallies_by_day ON tallies (day);

-- One row: the last event that the tallies hold.
CREATE TABLE tally_cursor (event_id INTEGER NOT NULL) STRICT;
INSERT INTO tally_cursor (event_id) VALUES (0);

-- Not WITHOUT ROWID: the index that every decision reads stays small beside rows this long.
CREATE TABLE trust_scores (
  workspace TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  score REAL NOT NULL,
  is_provisional INTEGER NOT NULL,
  factors TEXT NOT NULL,
  alarm INTEGER NOT NULL,
  computed_at TEXT NOT NULL,
  PRIMARY KEY (agent_id, workspace)
) STRICT;

CREATE TABLE trust_history (
  position INTEGER PRIMARY KEY,
  workspace TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  score REAL NOT NULL,
  factors TEXT NOT NULL,
  reason TEXT NOT NULL,
  computed_at TEXT NOT NULL
) STRICT;
CREATE INDEX trust_history_of_agent ON trust_history (workspace, agent_id, position);

-- Feedback about no action in particular has the empty action.
CREATE TABLE feedback (
  workspace TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  action_id TEXT NOT NULL,
  given_by TEXT NOT NULL,
  feedback_id TEXT NOT NULL,
  rating TEXT NOT NULL,
  comment TEXT,
  created_at TEXT NOT NULL,
  PRIMARY KEY (workspace, agent_id, action_id, given_by)
) STRICT, WITHOUT ROWID;
`;
