import type { DatabaseSync } from 'node:sqlite';
import type { KvTable, KvTables, StoredKvEntry } from '../../kv.ts';
import { optional, orNull, type Row, text } from '../sql.ts';
import { kvChangeTable } from './kv-changes.ts';

/** Beyond every key, which holds no such character, in the order of UTF-8. */
const LAST = '\u{10FFFF}';

export function kvTables(database: DatabaseSync): KvTables {
  return { kv: kvTable(database), kvChanges: kvChangeTable(database) };
}

function kvTable(database: DatabaseSync): KvTable {
  const insert = database.prepare(
    `INSERT INTO kv_entries (value, version, expires_at, updated_at, updated_by, namespace, key)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare(
    `UPDATE kv_entries SET value = ?, version = ?, expires_at = ?, updated_at = ?, updated_by = ?
     WHERE namespace = ? AND key = ?`,
  );
  const remove = database.prepare('DELETE FROM kv_entries WHERE namespace = ? AND key = ?');
  const countOne = database.prepare(
    `INSERT INTO kv_namespaces (namespace, key_count, version_floor, change_floor) VALUES (?, 1, 0, 0)
     ON CONFLICT (namespace) DO UPDATE SET key_count = key_count + 1`,
  );
  const uncountOne = database.prepare(
    `UPDATE kv_namespaces SET key_count = key_count - 1, version_floor = max(version_floor, ?)
     WHERE namespace = ?`,
  );
  const get = database.prepare('SELECT * FROM kv_entries WHERE namespace = ? AND key = ?');
  const from = database.prepare(
    'SELECT * FROM kv_entries WHERE namespace = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?',
  );
  const after = database.prepare(
    'SELECT * FROM kv_entries WHERE namespace = ? AND key > ? AND key < ? ORDER BY key LIMIT ?',
  );
  const expired = database.prepare(
    'SELECT * FROM kv_entries WHERE expires_at <= ? ORDER BY expires_at LIMIT ?',
  );
  const totals = database.prepare('SELECT key_count, version_floor FROM kv_namespaces WHERE namespace = ?');
  return {
    insert(entry) {
      insert.run(...changing(entry), entry.namespace, entry.key);
      countOne.run(entry.namespace);
    },
    update(entry) {
      update.run(...changing(entry), entry.namespace, entry.key);
    },
    remove({ namespace, key }, version) {
      if (remove.run(namespace, key).changes > 0) uncountOne.run(version, namespace);
    },
    get({ namespace, key }) {
      const row = get.get(namespace, key);
      return row && toEntry(row);
    },
    list({ namespace, prefix, after: beyond, limit }) {
      const isInside = beyond !== undefined && Buffer.compare(Buffer.from(beyond), Buffer.from(prefix)) >= 0;
      const [statement, start] = isInside ? [after, beyond] : [from, prefix];
      return statement.all(namespace, start, prefix + LAST, limit).map(toEntry);
    },
    listExpired: (now, limit) => expired.all(now, limit).map(toEntry),
    getTotals(namespace) {
      const row = totals.get(namespace);
      return { keys: Number(row?.key_count ?? 0), versionFloor: Number(row?.version_floor ?? 0) };
    },
  };
}

function changing({ value, version, expiresAt, updatedAt, updatedBy }: StoredKvEntry) {
  return [value, version, orNull(expiresAt), updatedAt, updatedBy];
}

function toEntry(row: Row): StoredKvEntry {
  return {
    namespace: text(row, 'namespace'),
    key: text(row, 'key'),
    value: text(row, 'value'),
    version: Number(row.version),
    ...optional(row, 'expires_at', 'expiresAt'),
    updatedAt: text(row, 'updated_at'),
    updatedBy: text(row, 'updated_by'),
  };
}
