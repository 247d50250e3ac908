import type { DatabaseSync } from 'node:sqlite';
import type {
  IndexedBlock,
  IndexedBlockTable,
  JobLogTable,
  JobTable,
  StoredJob,
  StoredJobLog,
} from '../../chain.ts';
import { createSelector, json, type Row, text } from '../sql.ts';

/** The blocks that the indexer has been through. */
export function indexedBlockTable(database: DatabaseSync): IndexedBlockTable {
  const insert = database.prepare('INSERT INTO indexed_blocks (number, hash) VALUES (?, ?)');
  const newest = database.prepare('SELECT number, hash FROM indexed_blocks ORDER BY number DESC LIMIT 1');
  const atOrBelow = database.prepare(
    'SELECT number, hash FROM indexed_blocks WHERE number <= ? ORDER BY number DESC LIMIT 1',
  );
  const removeAbove = database.prepare('DELETE FROM indexed_blocks WHERE number > ?');
  const prune = database.prepare(
    `DELETE FROM indexed_blocks WHERE number <> (SELECT min(number) FROM indexed_blocks)
     AND number NOT IN (SELECT number FROM indexed_blocks ORDER BY number DESC LIMIT ?)`,
  );
  const getSource = database.prepare('SELECT source FROM index_source');
  const setSource = database.prepare(
    'INSERT INTO index_source (id, source) VALUES (1, ?) ON CONFLICT DO UPDATE SET source = excluded.source',
  );
  return {
    insert: (block) => void insert.run(block.number, block.hash),
    getNewest: () => toBlock(newest.get()),
    getAtOrBelow: (number) => toBlock(atOrBelow.get(number)),
    removeAbove: (number) => void removeAbove.run(number),
    prune: (count) => void prune.run(count),
    getSource: () => {
      const row = getSource.get();
      return row && text(row, 'source');
    },
    setSource: (source) => void setSource.run(source),
  };
}

function toBlock(row: Row | undefined): IndexedBlock | undefined {
  return row && { number: Number(row.number), hash: text(row, 'hash') };
}

/** The logs that jobs are folded from. */
export function jobLogTable(database: DatabaseSync): JobLogTable {
  const insert = database.prepare(
    `INSERT INTO job_logs (block_hash, log_index, block_number, job_id, log) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const ofJob = database.prepare('SELECT * FROM job_logs WHERE job_id = ? ORDER BY block_number, log_index');
  const jobIdsAbove = database.prepare('SELECT DISTINCT job_id FROM job_logs WHERE block_number > ?');
  const removeAbove = database.prepare('DELETE FROM job_logs WHERE block_number > ?');
  return {
    insert: (log) =>
      insert.run(log.blockHash, log.logIndex, log.blockNumber, log.jobId, log.log).changes === 1,
    listOfJob: (jobId) => ofJob.all(jobId).map(toJobLog),
    listJobIdsAbove: (blockNumber) => jobIdsAbove.all(blockNumber).map((row) => text(row, 'job_id')),
    removeAbove: (blockNumber) => void removeAbove.run(blockNumber),
  };
}

function toJobLog(row: Row): StoredJobLog {
  return {
    jobId: text(row, 'job_id'),
    blockNumber: Number(row.block_number),
    blockHash: text(row, 'block_hash'),
    logIndex: Number(row.log_index),
    log: text(row, 'log'),
  };
}

/** Jobs as they are now. */
export function jobTable(database: DatabaseSync): JobTable {
  const put = database.prepare(
    `INSERT INTO jobs (job_id, position, status, client, provider, validator, job) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET position = excluded.position, status = excluded.status, client = excluded.client,
       provider = excluded.provider, validator = excluded.validator, job = excluded.job`,
  );
  const remove = database.prepare('DELETE FROM jobs WHERE job_id = ?');
  const get = database.prepare('SELECT * FROM jobs WHERE job_id = ?');
  const select = createSelector(database);
  return {
    put({ job, position }) {
      put.run(
        ...[job.jobId, position, job.status, job.client.toLowerCase(), job.provider.toLowerCase()],
        ...[job.validator?.toLowerCase() ?? null, JSON.stringify(job)],
      );
    },
    remove: (jobId) => void remove.run(jobId),
    get: (jobId) => {
      const row = get.get(jobId);
      return row && toStoredJob(row);
    },
    list: (query, { before, limit }) =>
      select({
        from: 'jobs',
        where: [
          ['status = ?', query.status],
          ['client = ?', query.client?.toLowerCase()],
          ['provider = ?', query.provider?.toLowerCase()],
          ['validator = ?', query.validator?.toLowerCase()],
          ['position < ?', before],
        ],
        orderBy: 'position DESC',
        limit,
      }).map(toStoredJob),
  };
}

function toStoredJob(row: Row): StoredJob {
  return { job: json(row, 'job'), position: Number(row.position) };
}
