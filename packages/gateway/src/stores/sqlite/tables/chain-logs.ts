import type { DatabaseSync } from 'node:sqlite';
import type { ChainLogTable, IndexedBlock, IndexedBlockTable, PauseTable } from '../../chain.ts';
import { type Row, text } from '../sql.ts';

/** More than any list reads at once where the caller names no limit. */
const ALL = -1;

/** The blocks that the indexer has been through. */
export function indexedBlockTable(database: DatabaseSync): IndexedBlockTable {
  const insert = database.prepare('INSERT INTO indexed_blocks (number, hash, time) VALUES (?, ?, ?)');
  const newest = database.prepare('SELECT * FROM indexed_blocks ORDER BY number DESC LIMIT 1');
  const atOrBelow = database.prepare(
    'SELECT * FROM indexed_blocks WHERE number <= ? ORDER BY number DESC LIMIT 1',
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
    insert: ({ number, hash, time }) => void insert.run(number, hash, time),
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
  return row && { number: Number(row.number), hash: text(row, 'hash'), time: text(row, 'time') };
}

/** The logs that everything about the chain is folded from. */
export function chainLogTable(database: DatabaseSync): ChainLogTable {
  const insert = database.prepare(
    'INSERT INTO chain_logs (block_number, log_index, day, log) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const insertSubject = database.prepare(
    'INSERT INTO chain_log_subjects (subject, block_number, log_index) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const ofSubject = database.prepare(
    `SELECT log FROM chain_log_subjects JOIN chain_logs USING (block_number, log_index)
     WHERE subject = ? AND (block_number, log_index) > (?, ?) ORDER BY block_number, log_index LIMIT ?`,
  );
  const above = database.prepare(
    'SELECT day, log FROM chain_logs WHERE block_number > ? ORDER BY block_number, log_index',
  );
  const subjectsAbove = database.prepare(
    'SELECT DISTINCT subject FROM chain_log_subjects WHERE block_number > ?',
  );
  const removals = ['chain_logs', 'chain_log_subjects'].map((table) =>
    database.prepare(`DELETE FROM ${table} WHERE block_number > ?`),
  );
  return {
    insert({ blockNumber, logIndex, subjects, day, log }) {
      if (insert.run(blockNumber, logIndex, day, log).changes === 0) return false;
      for (const subject of subjects) insertSubject.run(subject, blockNumber, logIndex);
      return true;
    },
    listOf(subject, { after, limit } = { limit: ALL }) {
      const rows = ofSubject.all(subject, after?.blockNumber ?? -1, after?.logIndex ?? -1, limit);
      return rows.map((row) => text(row, 'log'));
    },
    listAbove: (block) => above.all(block).map((row) => ({ day: text(row, 'day'), log: text(row, 'log') })),
    listSubjectsAbove: (block) => subjectsAbove.all(block).map((row) => text(row, 'subject')),
    removeAbove(blockNumber) {
      for (const removal of removals) removal.run(blockNumber);
    },
  };
}

/** When the clock of the kernel stood still. */
export function pauseTable(database: DatabaseSync): PauseTable {
  const put = database.prepare(
    'INSERT INTO pauses (started_at, ended_at) VALUES (?, ?) ON CONFLICT DO UPDATE SET ended_at = excluded.ended_at',
  );
  const list = database.prepare('SELECT * FROM pauses ORDER BY started_at');
  return {
    put: ({ startedAt, endedAt }) => void put.run(startedAt, endedAt),
    clear: () => database.exec('DELETE FROM pauses'),
    list: () =>
      list.all().map((row) => ({ startedAt: Number(row.started_at), endedAt: Number(row.ended_at) })),
  };
}
