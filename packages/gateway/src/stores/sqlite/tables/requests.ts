import type { DatabaseSync } from 'node:sqlite';
import type { AnswerTable, NonceTable } from '../../store.ts';
import { text } from '../sql.ts';

export function nonceTable(database: DatabaseSync): NonceTable {
  const insert = database.prepare(
    'INSERT INTO nonces (did, nonce, expires) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const alive = database.prepare('SELECT * FROM nonces WHERE expires >= ?');
  const prune = database.prepare('DELETE FROM nonces WHERE expires < ?');
  return {
    insert: ({ did, nonce, expires }) => insert.run(did, nonce, expires).changes === 1,
    listAlive: (nowSeconds) =>
      alive.all(nowSeconds).map((row) => ({
        did: text(row, 'did'),
        nonce: text(row, 'nonce'),
        expires: Number(row.expires),
      })),
    prune(nowSeconds) {
      prune.run(nowSeconds);
    },
  };
}

export function answerTable(database: DatabaseSync): AnswerTable {
  const insert = database.prepare(
    `INSERT INTO answers (principal, key, workspace, digest, body, created_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const get = database.prepare('SELECT * FROM answers WHERE principal = ? AND key = ?');
  // Rows lie in the order of their age, so this walks only what it removes.
  const prune = database.prepare(
    `DELETE FROM answers WHERE rowid < coalesce(
       (SELECT rowid FROM answers WHERE created_at >= ? ORDER BY rowid LIMIT 1), (SELECT max(rowid) + 1 FROM answers))`,
  );
  return {
    insert: ({ principal, key, workspace, digest, body, createdAt }) =>
      insert.run(principal, key, workspace, digest, body ?? null, createdAt).changes === 1,
    get(principal, key) {
      const row = get.get(principal, key);
      return (
        row && {
          ...{ principal, key, workspace: text(row, 'workspace'), digest: text(row, 'digest') },
          body: row.body === null ? undefined : text(row, 'body'),
          createdAt: text(row, 'created_at'),
        }
      );
    },
    prune(before) {
      prune.run(before);
    },
  };
}
