import type { DatabaseSync } from 'node:sqlite';
import type { CheckpointTable, CheckpointTables, StoredCheckpoint } from '../../checkpoints.ts';
import { optional, orNull, type Row, text } from '../sql.ts';

export function checkpointTables(database: DatabaseSync): CheckpointTables {
  return { checkpoints: checkpointTable(database) };
}

const INFO = 'workspace, owner, key, version, bytes, saved_at, expires_at';
const ONE = 'workspace = ? AND owner = ? AND key = ?';

function checkpointTable(database: DatabaseSync): CheckpointTable {
  const insert = database.prepare(
    `INSERT INTO checkpoints (version, bytes, saved_at, expires_at, data, workspace, owner, key)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare(
    `UPDATE checkpoints SET version = ?, bytes = ?, saved_at = ?, expires_at = ?, data = ? WHERE ${ONE}`,
  );
  const remove = database.prepare(`DELETE FROM checkpoints WHERE ${ONE} RETURNING version`);
  const countOne = database.prepare(
    `INSERT INTO checkpoint_owners (workspace, owner, checkpoint_count, version_floor) VALUES (?, ?, 1, 0)
     ON CONFLICT (workspace, owner) DO UPDATE SET checkpoint_count = checkpoint_count + 1`,
  );
  const uncountOne = database.prepare(
    `UPDATE checkpoint_owners SET checkpoint_count = checkpoint_count - 1, version_floor = max(version_floor, ?)
     WHERE workspace = ? AND owner = ?`,
  );
  const get = database.prepare(`SELECT ${INFO} FROM checkpoints WHERE ${ONE}`);
  const getData = database.prepare(`SELECT data FROM checkpoints WHERE ${ONE}`);
  const list = database.prepare(
    `SELECT ${INFO} FROM checkpoints WHERE workspace = ? AND owner = ? AND key > ? ORDER BY key LIMIT ?`,
  );
  const expired = database.prepare(
    `SELECT ${INFO} FROM checkpoints WHERE expires_at <= ? ORDER BY expires_at LIMIT ?`,
  );
  const totals = database.prepare(
    'SELECT checkpoint_count, version_floor FROM checkpoint_owners WHERE workspace = ? AND owner = ?',
  );
  return {
    insert(checkpoint, data) {
      const { workspace, owner, key } = checkpoint;
      insert.run(...changing(checkpoint), data, workspace, owner, key);
      countOne.run(workspace, owner);
    },
    update(checkpoint, data) {
      const { workspace, owner, key } = checkpoint;
      update.run(...changing(checkpoint), data, workspace, owner, key);
    },
    remove({ workspace, owner, key }) {
      const removed = remove.get(workspace, owner, key);
      if (removed) uncountOne.run(Number(removed.version), workspace, owner);
    },
    get({ workspace, owner, key }) {
      const row = get.get(workspace, owner, key);
      return row && toCheckpoint(row);
    },
    getData({ workspace, owner, key }) {
      const row = getData.get(workspace, owner, key);
      return row && text(row, 'data');
    },
    list: ({ workspace, owner }, { after = '', limit }) =>
      list.all(workspace, owner, after, limit).map(toCheckpoint),
    listExpired: (now, limit) => expired.all(now, limit).map(toCheckpoint),
    getTotals({ workspace, owner }) {
      const row = totals.get(workspace, owner);
      const { checkpoint_count: count = 0, version_floor: floor = 0 } = row ?? {};
      return { checkpoints: Number(count), versionFloor: Number(floor) };
    },
  };
}

function changing({ version, bytes, savedAt, expiresAt }: StoredCheckpoint) {
  return [version, bytes, savedAt, orNull(expiresAt)];
}

function toCheckpoint(row: Row): StoredCheckpoint {
  return {
    workspace: text(row, 'workspace'),
    owner: text(row, 'owner'),
    key: text(row, 'key'),
    version: Number(row.version),
    bytes: Number(row.bytes),
    savedAt: text(row, 'saved_at'),
    ...optional(row, 'expires_at', 'expiresAt'),
  };
}
