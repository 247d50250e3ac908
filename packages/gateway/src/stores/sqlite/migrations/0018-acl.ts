/** Every workspace there was is the root of a tenant of its own. */
export const acl = `
ALTER TABLE workspaces ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
UPDATE workspaces SET tenant = name;
ALTER TABLE workspaces ADD COLUMN display_name TEXT;
-- A closed workspace keeps its row, so that nobody takes its name.
ALTER TABLE workspaces ADD COLUMN closed_at TEXT;
CREATE INDEX workspaces_of_tenant ON workspaces (tenant, name);

CREATE TABLE acl_rules (
  rule_id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  principal_type TEXT NOT NULL,
  principal_id TEXT NOT NULL,
  resource_type TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  level INTEGER NOT NULL,
  granted_by TEXT NOT NULL,
  reason TEXT,
  created_at TEXT NOT NULL,
  expires_at TEXT
) STRICT;
CREATE INDEX acl_rules_of_workspace ON acl_rules (workspace, rule_id);

CREATE TABLE acl_fallbacks (
  workspace TEXT NOT NULL,
  principal_type TEXT NOT NULL,
  resource_type TEXT NOT NULL,
  level INTEGER NOT NULL,
  PRIMARY KEY (workspace, principal_type, resource_type)
) STRICT, WITHOUT ROWID;

CREATE TABLE acl_revisions (
  workspace TEXT PRIMARY KEY,
  revision TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;
