import type { DatabaseSync } from 'node:sqlite';
import type {
  DueCallTable,
  DueKind,
  KeeperSpendingTable,
  KeeperTables,
  StoredDueCall,
} from '../../keeper.ts';
import { type Row, text } from '../sql.ts';

export function keeperTables(database: DatabaseSync): KeeperTables {
  return { dueCalls: dueCallTable(database), keeperSpending: spendingTable(database) };
}

function dueCallTable(database: DatabaseSync): DueCallTable {
  const kinds = database.prepare('SELECT kind FROM due_calls WHERE job_id = ?');
  const remove = database.prepare('DELETE FROM due_calls WHERE job_id = ? AND kind = ?');
  // Another time is another occasion: whatever was tried in vain before says nothing about it.
  const put = database.prepare(
    `INSERT INTO due_calls (job_id, kind, due_at) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET due_at = excluded.due_at, put_off_until_ms = 0, attempts = 0
       WHERE due_at <> excluded.due_at`,
  );
  const due = database.prepare(
    `SELECT * FROM due_calls WHERE due_at <= ? AND put_off_until_ms <= ?
     ORDER BY kind <> 'captureEntropy', due_at, job_id, kind LIMIT ?`,
  );
  const claim = database.prepare(
    `UPDATE due_calls SET put_off_until_ms = ?
     WHERE job_id = ? AND kind = ? AND due_at = ? AND put_off_until_ms <= ?`,
  );
  const putOff = database.prepare(
    'UPDATE due_calls SET put_off_until_ms = ?, attempts = ? WHERE job_id = ? AND kind = ? AND due_at = ?',
  );
  return {
    replaceOfJob(jobId, calls) {
      const kept = new Set<string>(calls.map(({ kind }) => kind));
      for (const row of kinds.all(jobId)) {
        const kind = text(row, 'kind');
        if (!kept.has(kind)) remove.run(jobId, kind);
      }
      for (const { kind, dueAt } of calls) put.run(jobId, kind, dueAt);
    },
    listDue: ({ clock, nowMs }, limit) => due.all(clock, nowMs, limit).map(toDueCall),
    claim: ({ jobId, kind, dueAt }, { nowMs, untilMs }) =>
      claim.run(untilMs, jobId, kind, dueAt, nowMs).changes === 1,
    putOff: ({ jobId, kind, dueAt }, { untilMs, attempts }) =>
      void putOff.run(untilMs, attempts, jobId, kind, dueAt),
  };
}

function toDueCall(row: Row): StoredDueCall {
  return {
    jobId: text(row, 'job_id'),
    kind: text(row, 'kind') as DueKind,
    dueAt: Number(row.due_at),
    attempts: Number(row.attempts),
  };
}

function spendingTable(database: DatabaseSync): KeeperSpendingTable {
  const get = database.prepare('SELECT wei FROM keeper_spending WHERE day = ? AND account = ?');
  const set = database.prepare(
    `INSERT INTO keeper_spending (day, account, wei) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET wei = excluded.wei`,
  );
  const prune = database.prepare('DELETE FROM keeper_spending WHERE day < ?');
  return {
    get: (day, account) => BigInt(String(get.get(day, account)?.wei ?? 0)),
    set: ({ day, account, wei }) => void set.run(day, account, String(wei)),
    prune: (beforeDay) => void prune.run(beforeDay),
  };
}
