import type { DatabaseSync } from 'node:sqlite';
import type { KvChangeTable, StoredKvChange } from '../../kv.ts';
import { optional, orNull, type Row, text } from '../sql.ts';

// Without AUTOINCREMENT the next sequence is one above the highest row, so the newest row must never go.
export function kvChangeTable(database: DatabaseSync): KvChangeTable {
  const append = database.prepare(
    'INSERT INTO kv_changes (namespace, key, change, version, value, at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const after = database.prepare(
    'SELECT * FROM kv_changes WHERE namespace = ? AND sequence > ? ORDER BY sequence LIMIT ?',
  );
  const floor = database.prepare('SELECT change_floor FROM kv_namespaces WHERE namespace = ?');
  const newest = database.prepare('SELECT max(sequence) AS sequence FROM kv_changes');
  // Stops at the first that is young enough, so it reads little more than what it is about to remove.
  const youngest = database.prepare(
    'SELECT sequence FROM kv_changes WHERE at >= ? ORDER BY sequence LIMIT 1',
  );
  const raiseFloors = database.prepare(
    `UPDATE kv_namespaces SET change_floor = pruned.last
     FROM (SELECT namespace, max(sequence) AS last FROM kv_changes WHERE sequence < ? GROUP BY namespace) AS pruned
     WHERE kv_namespaces.namespace = pruned.namespace`,
  );
  const remove = database.prepare('DELETE FROM kv_changes WHERE sequence < ?');
  const getNewest = () => Number(newest.get()?.sequence ?? 0);
  return {
    append({ namespace, key, change, version, value, at }) {
      append.run(namespace, key, change, version, orNull(value), at);
    },
    listAfter: ({ namespace, after: sequence, limit }) => after.all(namespace, sequence, limit).map(toChange),
    getBounds: (namespace) => ({
      floor: Number(floor.get(namespace)?.change_floor ?? 0),
      newest: getNewest(),
    }),
    prune({ before, keep }) {
      const last = getNewest();
      const firstYoung = Number(youngest.get(before)?.sequence ?? last);
      const firstKept = Math.min(Math.max(firstYoung, last - keep + 1), last);
      raiseFloors.run(firstKept);
      remove.run(firstKept);
    },
  };
}

function toChange(row: Row): StoredKvChange & { readonly sequence: number } {
  return {
    sequence: Number(row.sequence),
    namespace: text(row, 'namespace'),
    key: text(row, 'key'),
    change: text(row, 'change') as StoredKvChange['change'],
    version: Number(row.version),
    ...optional(row, 'value', 'value'),
    at: text(row, 'at'),
  };
}
