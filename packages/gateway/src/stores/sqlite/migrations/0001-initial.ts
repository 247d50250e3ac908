/** Times are RFC 3339 text in UTC with milliseconds, so they sort as text. */
export const initial = `
CREATE TABLE workspaces (
  name TEXT PRIMARY KEY,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE tokens (
  token_id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  expires_at TEXT,
  revoked_at TEXT
) STRICT;
CREATE INDEX tokens_of_workspace ON tokens (workspace, token_id);

CREATE TABLE agents (
  agent_id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  name TEXT NOT NULL,
  did TEXT NOT NULL UNIQUE,
  previous_dids TEXT NOT NULL,
  agent_type TEXT NOT NULL,
  description TEXT NOT NULL,
  capabilities TEXT NOT NULL,
  status TEXT NOT NULL,
  wallet TEXT,
  chain_agent_id TEXT,
  is_listed INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (workspace, name)
) STRICT;
CREATE INDEX agents_of_workspace ON agents (workspace, agent_id);
CREATE INDEX agents_listed ON agents (agent_id) WHERE is_listed = 1;

-- Every key an agent has or had: none of them can be registered again, by anyone.
CREATE TABLE agent_keys (
  did TEXT PRIMARY KEY,
  agent_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE actions (
  action_id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  action TEXT NOT NULL,
  parameters TEXT NOT NULL,
  parameters_digest TEXT NOT NULL,
  resource TEXT,
  risk TEXT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT NOT NULL,
  approval_id TEXT,
  result TEXT,
  error TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  expires_at TEXT
) STRICT;
CREATE INDEX actions_of_agent ON actions (workspace, agent_id, action_id);
CREATE INDEX actions_open ON actions (expires_at) WHERE status IN ('pending', 'approved');

CREATE TABLE approvals (
  approval_id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  action_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  agent_name TEXT NOT NULL,
  action TEXT NOT NULL,
  parameters TEXT NOT NULL,
  parameters_digest TEXT NOT NULL,
  risk TEXT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT,
  decided_by TEXT,
  decided_at TEXT,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX approvals_of_workspace ON approvals (workspace, status, approval_id);

CREATE TABLE audit (
  workspace TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  event TEXT NOT NULL,
  subject TEXT NOT NULL,
  request_id TEXT,
  data TEXT NOT NULL,
  PRIMARY KEY (workspace, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  workspace TEXT NOT NULL,
  type TEXT NOT NULL,
  subject TEXT NOT NULL,
  time TEXT NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX events_of_workspace ON events (workspace, id);
CREATE TABLE event_floor (id INTEGER NOT NULL) STRICT;
INSERT INTO event_floor (id) VALUES (0);

CREATE TABLE artifacts (
  workspace TEXT NOT NULL,
  cid TEXT NOT NULL,
  visibility TEXT NOT NULL,
  media_type TEXT NOT NULL,
  created_at TEXT NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (workspace, cid)
) STRICT;
CREATE INDEX artifacts_public ON artifacts (cid) WHERE visibility = 'public';

-- A request that is sent again has the same expiry; with it in front, new rows share a page and old ones go in one range.
CREATE TABLE nonces (
  did TEXT NOT NULL,
  nonce TEXT NOT NULL,
  expires INTEGER NOT NULL,
  PRIMARY KEY (expires, did, nonce)
) STRICT, WITHOUT ROWID;

-- The answers to idempotency keys, in the order they were given.
CREATE TABLE answers (
  principal TEXT NOT NULL,
  key TEXT NOT NULL,
  workspace TEXT NOT NULL,
  digest TEXT NOT NULL,
  body TEXT,
  created_at TEXT NOT NULL,
  -- In this order keys that are made in order share a page, whoever made them.
  PRIMARY KEY (key, principal)
) STRICT;
`;
