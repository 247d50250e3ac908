/** The index of the chain, rebuilt from the chain when lost, and the transactions relayed for agents. */
export const chain = `
-- The newest row is the cursor of the indexer.
CREATE TABLE indexed_blocks (
  number INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  time TEXT NOT NULL
) STRICT;

-- One row: the chain and contracts that the index is about.
CREATE TABLE index_source (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  source TEXT NOT NULL
) STRICT;

-- What all tables of the index below are folded from.
CREATE TABLE chain_logs (
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  day TEXT NOT NULL,
  log TEXT NOT NULL,
  PRIMARY KEY (block_number, log_index)
) STRICT, WITHOUT ROWID;

CREATE TABLE chain_log_subjects (
  subject TEXT NOT NULL,
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  PRIMARY KEY (subject, block_number, log_index)
) STRICT, WITHOUT ROWID;
CREATE INDEX chain_log_subjects_by_block ON chain_log_subjects (block_number, subject);

-- Seconds since 1970. The clock of the kernel stands still in between.
CREATE TABLE pauses (
  started_at INTEGER PRIMARY KEY,
  ended_at INTEGER NOT NULL
) STRICT;

-- Position: where on the chain it was created. Addresses in lower case; the job itself as JSON.
CREATE TABLE jobs (
  job_id TEXT PRIMARY KEY,
  position INTEGER NOT NULL UNIQUE,
  status TEXT NOT NULL,
  client TEXT NOT NULL,
  provider TEXT NOT NULL,
  template_id INTEGER,
  is_disputed INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  state TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_by_status ON jobs (status, position);
CREATE INDEX jobs_by_client ON jobs (client, position);
CREATE INDEX jobs_by_provider ON jobs (provider, position);
CREATE INDEX jobs_by_template ON jobs (template_id, position) WHERE template_id IS NOT NULL;
CREATE INDEX jobs_disputed ON jobs (position) WHERE is_disputed = 1;
CREATE INDEX jobs_by_creation ON jobs (created_at, position);

-- Validators, re-validators and arbitrators.
CREATE TABLE job_judges (
  judge TEXT NOT NULL,
  job_id TEXT NOT NULL,
  PRIMARY KEY (judge, job_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_judges_of_job ON job_judges (job_id);

CREATE TABLE disputes (
  job_id TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  stage TEXT NOT NULL,
  client TEXT NOT NULL,
  provider TEXT NOT NULL,
  arbitrator TEXT,
  dispute TEXT NOT NULL
) STRICT;
CREATE INDEX disputes_by_position ON disputes (position);
CREATE INDEX disputes_by_stage ON disputes (stage, position);
CREATE INDEX disputes_by_arbitrator ON disputes (arbitrator, stage) WHERE arbitrator IS NOT NULL;

CREATE TABLE arbitrators (
  address TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  status TEXT NOT NULL,
  stake_usdc TEXT NOT NULL,
  arbitrator TEXT NOT NULL
) STRICT;
CREATE INDEX arbitrators_by_position ON arbitrators (position);

CREATE TABLE templates (
  template_id INTEGER PRIMARY KEY,
  creator TEXT NOT NULL,
  is_active INTEGER NOT NULL,
  is_usable INTEGER NOT NULL,
  template TEXT NOT NULL
) STRICT;
CREATE INDEX templates_by_creator ON templates (creator, template_id);

-- Feedback that settlements wrote; the amount as a number, good enough to weigh by.
CREATE TABLE chain_feedback (
  job_id TEXT NOT NULL,
  about TEXT NOT NULL,
  chain_agent_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  value INTEGER NOT NULL,
  weight REAL NOT NULL,
  is_completed INTEGER NOT NULL,
  is_self_dealt INTEGER NOT NULL,
  feedback TEXT NOT NULL,
  PRIMARY KEY (job_id, about)
) STRICT, WITHOUT ROWID;
CREATE INDEX chain_feedback_of_agent ON chain_feedback (chain_agent_id, position);

CREATE TABLE chain_days (
  day TEXT PRIMARY KEY,
  figures TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Signatures that one party of a job left for the other; not of the chain.
CREATE TABLE job_consents (
  job_id TEXT NOT NULL,
  signer TEXT NOT NULL,
  kind TEXT NOT NULL,
  valid_until TEXT NOT NULL,
  consent TEXT NOT NULL,
  PRIMARY KEY (job_id, signer, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_consents_by_end ON job_consents (valid_until);

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
