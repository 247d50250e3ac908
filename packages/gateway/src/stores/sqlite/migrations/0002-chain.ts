/** The index of the chain's jobs, rebuilt from the chain when lost, and the transactions relayed for agents. */
export const chain = `
-- The newest row is the cursor of the indexer.
CREATE TABLE indexed_blocks (
  number INTEGER PRIMARY KEY,
  hash TEXT NOT NULL
) STRICT;

-- One row: the chain and contracts that the index is about.
CREATE TABLE index_source (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  source TEXT NOT NULL
) STRICT;

CREATE TABLE job_logs (
  block_hash TEXT NOT NULL,
  log_index INTEGER NOT NULL,
  block_number INTEGER NOT NULL,
  job_id TEXT NOT NULL,
  log TEXT NOT NULL,
  PRIMARY KEY (block_hash, log_index)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_logs_of_job ON job_logs (job_id, block_number, log_index);
CREATE INDEX job_logs_by_block ON job_logs (block_number);

-- Position: where on the chain it was created. Addresses in lower case; the job itself as JSON.
CREATE TABLE jobs (
  job_id TEXT PRIMARY KEY,
  position INTEGER NOT NULL UNIQUE,
  status TEXT NOT NULL,
  client TEXT NOT NULL,
  provider TEXT NOT NULL,
  validator TEXT,
  job TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_by_status ON jobs (status, position);
CREATE INDEX jobs_by_client ON jobs (client, position);
CREATE INDEX jobs_by_provider ON jobs (provider, position);
CREATE INDEX jobs_by_validator ON jobs (validator, position);

CREATE TABLE relayed_transactions (
  transaction_hash TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  sender TEXT NOT NULL,
  target TEXT NOT NULL,
  selector TEXT NOT NULL,
  nonce INTEGER NOT NULL,
  signed_transaction TEXT NOT NULL,
  status TEXT NOT NULL,
  block_number INTEGER,
  revert TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX relayed_unknown ON relayed_transactions (created_at, transaction_hash) WHERE status = 'unknown';
CREATE INDEX relayed_of_agent ON relayed_transactions (agent_id, block_number);
CREATE INDEX relayed_by_block ON relayed_transactions (block_number);
`;
