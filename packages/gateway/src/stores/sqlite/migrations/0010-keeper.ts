export const keeper = `
CREATE TABLE due_calls (
  job_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  put_off_until_ms INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (job_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX due_calls_by_time ON due_calls (due_at);
CREATE TABLE keeper_spending (
  day TEXT NOT NULL,
  account TEXT NOT NULL,
  wei TEXT NOT NULL,
  PRIMARY KEY (day, account)
) STRICT, WITHOUT ROWID;
`;
