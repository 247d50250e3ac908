export const peers = `
-- Who takes peer connections; only while its session has its address and its gateway lives.
CREATE TABLE peers (
  did TEXT PRIMARY KEY,
  agent_id TEXT NOT NULL,
  workspace TEXT NOT NULL,
  session_id TEXT NOT NULL,
  gateway_id TEXT NOT NULL,
  allows_relay INTEGER NOT NULL,
  registered_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX peers_of_gateway ON peers (gateway_id);

-- Beside the agents, whose rows every request reads: skills may be long.
CREATE TABLE agent_skills (
  agent_id TEXT PRIMARY KEY,
  skills TEXT NOT NULL,
  -- What a search by text reads.
  words TEXT NOT NULL
) STRICT;

-- What agents say they can do, in their profile or by their skills, in the order in which a search gives them.
CREATE TABLE agent_capabilities (
  capability TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  PRIMARY KEY (capability, agent_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX agent_capabilities_of_agent ON agent_capabilities (agent_id);
INSERT OR IGNORE INTO agent_capabilities (capability, agent_id)
  SELECT value, agent_id FROM agents, json_each(agents.capabilities);
`;
