export const mcpServers = `
CREATE TABLE mcp_servers (
  server_id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  pinned TEXT NOT NULL,
  tools_digest TEXT NOT NULL,
  seen TEXT,
  seen_tools_digest TEXT NOT NULL,
  seen_digest TEXT NOT NULL,
  drift TEXT NOT NULL,
  drifted_by TEXT,
  registered_by TEXT NOT NULL,
  public_key TEXT NOT NULL,
  checked_at TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX mcp_servers_of_workspace ON mcp_servers (workspace, server_id);
-- Covers the look-up that decisions make.
CREATE UNIQUE INDEX mcp_servers_by_name ON mcp_servers (workspace, name);
CREATE INDEX mcp_servers_drifted ON mcp_servers (workspace, server_id) WHERE status = 'drifted';

CREATE TABLE mcp_attestations (
  workspace TEXT NOT NULL,
  server_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  tools_digest TEXT NOT NULL,
  at TEXT NOT NULL,
  envelope TEXT NOT NULL,
  PRIMARY KEY (workspace, server_id, agent_id)
) STRICT, WITHOUT ROWID;
`;
