import type { DatabaseSync } from 'node:sqlite';
import type { ConsentTable, DisputeTable, JobTable } from '../../chain.ts';
import { createSelector, json, text } from '../sql.ts';

/** Jobs as they are now. */
export function jobTable(database: DatabaseSync): JobTable {
  const put = database.prepare(
    `INSERT INTO jobs (job_id, position, status, client, provider, template_id, is_disputed, created_at, state)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET position = excluded.position, status = excluded.status, client = excluded.client,
       provider = excluded.provider, template_id = excluded.template_id, is_disputed = excluded.is_disputed,
       created_at = excluded.created_at, state = excluded.state`,
  );
  const remove = database.prepare('DELETE FROM jobs WHERE job_id = ?');
  const get = database.prepare('SELECT state FROM jobs WHERE job_id = ?');
  const judges = judgesOf(database);
  const select = createSelector(database);
  return {
    put(stored, named) {
      const { jobId, status, client, provider, templateId, isDisputed, createdAt } = stored.job;
      put.run(
        ...[jobId, stored.position, status, client.toLowerCase(), provider.toLowerCase()],
        ...[templateId ?? null, Number(isDisputed), createdAt, JSON.stringify(stored)],
      );
      judges.replace(jobId, named);
    },
    remove(jobId) {
      remove.run(jobId);
      judges.replace(jobId, []);
    },
    get: (jobId) => {
      const row = get.get(jobId);
      return row && json(row, 'state');
    },
    list: (query, { before, limit }) =>
      select({
        from: 'jobs',
        where: [
          ['status = ?', query.status],
          ['client = ?', query.client?.toLowerCase()],
          ['provider = ?', query.provider?.toLowerCase()],
          ['job_id IN (SELECT job_id FROM job_judges WHERE judge = ?)', query.judge?.toLowerCase()],
          ['template_id = ?', query.templateId],
          ['is_disputed = ?', query.isDisputed === undefined ? undefined : Number(query.isDisputed)],
          ['created_at > ?', query.createdAfter],
          ['created_at < ?', query.createdBefore],
          ['position < ?', before],
        ],
        orderBy: 'position DESC',
        limit,
      }).map((row) => json(row, 'state')),
  };
}

function judgesOf(database: DatabaseSync): { replace(jobId: string, judges: readonly string[]): void } {
  const list = database.prepare('SELECT judge FROM job_judges WHERE job_id = ?');
  const remove = database.prepare('DELETE FROM job_judges WHERE job_id = ?');
  const insert = database.prepare(
    'INSERT INTO job_judges (judge, job_id) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  return {
    replace(jobId, named) {
      const judges = new Set(named.map((judge) => judge.toLowerCase()));
      const known = new Set(list.all(jobId).map((row) => text(row, 'judge')));
      if (judges.size === known.size && [...judges].every((judge) => known.has(judge))) return;
      remove.run(jobId);
      for (const judge of judges) insert.run(judge, jobId);
    },
  };
}

/** Disputes as they are now. */
export function disputeTable(database: DatabaseSync): DisputeTable {
  const put = database.prepare(
    `INSERT INTO disputes (job_id, position, stage, client, provider, arbitrator, dispute)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET position = excluded.position, stage = excluded.stage, client = excluded.client,
       provider = excluded.provider, arbitrator = excluded.arbitrator, dispute = excluded.dispute`,
  );
  const remove = database.prepare('DELETE FROM disputes WHERE job_id = ?');
  const get = database.prepare('SELECT dispute FROM disputes WHERE job_id = ?');
  const openCount = database.prepare(
    "SELECT count(*) AS count FROM disputes WHERE arbitrator = ? AND stage = 'ruling'",
  );
  const select = createSelector(database);
  return {
    put(stored) {
      const { jobId, stage, arbitrator } = stored.dispute;
      put.run(
        ...[jobId, stored.position, stage, stored.client.toLowerCase(), stored.provider.toLowerCase()],
        ...[arbitrator?.toLowerCase() ?? null, JSON.stringify(stored)],
      );
    },
    remove: (jobId) => void remove.run(jobId),
    get: (jobId) => {
      const row = get.get(jobId);
      return row && json(row, 'dispute');
    },
    list: ({ stage, party, arbitrator }, { before, limit }) =>
      select({
        from: 'disputes',
        where: [
          ['stage = ?', stage],
          ['? IN (client, provider)', party?.toLowerCase()],
          ['arbitrator = ?', arbitrator?.toLowerCase()],
          ['position < ?', before],
        ],
        orderBy: 'position DESC',
        limit,
      }).map((row) => json(row, 'dispute')),
    getOpenCountOf: (arbitrator) => Number(openCount.get(arbitrator.toLowerCase())?.count ?? 0),
  };
}

/** Signatures that wait for the other party. */
export function consentTable(database: DatabaseSync): ConsentTable {
  const put = database.prepare(
    `INSERT INTO job_consents (job_id, signer, kind, valid_until, consent) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET valid_until = excluded.valid_until, consent = excluded.consent`,
  );
  const list = database.prepare('SELECT consent FROM job_consents WHERE job_id = ? AND valid_until > ?');
  const remove = database.prepare('DELETE FROM job_consents WHERE job_id = ?');
  const prune = database.prepare('DELETE FROM job_consents WHERE valid_until <= ?');
  return {
    put(consent) {
      const { jobId, signer, kind, validUntil } = consent;
      put.run(jobId, signer.toLowerCase(), kind, validUntil, JSON.stringify(consent));
    },
    listOfJob: (jobId, now) => list.all(jobId, now).map((row) => json(row, 'consent')),
    removeOfJob: (jobId) => void remove.run(jobId),
    prune: (now) => void prune.run(now),
  };
}
