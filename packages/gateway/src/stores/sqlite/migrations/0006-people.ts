/** Whoever held an owner token was a person: each becomes a member of its own, with the id of the token. */
export const people = `
CREATE TABLE members (
  member_id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  name TEXT NOT NULL,
  email TEXT,
  role TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX members_of_workspace ON members (workspace, member_id);

CREATE TABLE invitations (
  hash TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  member_id TEXT NOT NULL,
  expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE tokens ADD COLUMN member_id TEXT;
CREATE INDEX tokens_of_member ON tokens (workspace, member_id);
INSERT INTO members (member_id, workspace, name, role, status, created_at, updated_at)
  SELECT token_id, workspace, name, 'owner', CASE WHEN revoked_at IS NULL THEN 'active' ELSE 'removed' END,
    created_at, coalesce(revoked_at, created_at)
  FROM tokens WHERE role = 'owner';
UPDATE tokens SET member_id = token_id WHERE role = 'owner';

-- Only what somebody set; the rest has defaults.
ALTER TABLE workspaces ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

-- What an approver sees is the whole question.
ALTER TABLE approvals ADD COLUMN resource TEXT;

-- How often the same was tried, so that the log can tell of it without being flooded.
CREATE TABLE violations (
  workspace TEXT NOT NULL,
  action_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  PRIMARY KEY (workspace, action_id, agent_id, reason)
) STRICT, WITHOUT ROWID;
`;
