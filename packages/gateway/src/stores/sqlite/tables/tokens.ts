import type { DatabaseSync } from 'node:sqlite';
import type { Token } from '@bonafide/core/models';
import type { TokenTable, WorkspaceTable } from '../../store.ts';
import { createSelector, optional, orNull, type Row, text } from '../sql.ts';

export function workspaceTable(database: DatabaseSync): WorkspaceTable {
  const insert = database.prepare(
    'INSERT INTO workspaces (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  return {
    ensure(name, createdAt) {
      insert.run(name, createdAt);
    },
  };
}

export function tokenTable(database: DatabaseSync): TokenTable {
  const insert = database.prepare(
    `INSERT INTO tokens (token_id, workspace, name, role, hash, created_at, expires_at, revoked_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const revoke = database.prepare('UPDATE tokens SET revoked_at = ? WHERE workspace = ? AND token_id = ?');
  const get = database.prepare('SELECT * FROM tokens WHERE workspace = ? AND token_id = ?');
  const findByHash = database.prepare('SELECT * FROM tokens WHERE hash = ?');
  const activeOwner = database.prepare(
    `SELECT * FROM tokens WHERE workspace = ? AND role = 'owner' AND revoked_at IS NULL
     AND (expires_at IS NULL OR expires_at > ?) LIMIT 1`,
  );
  const select = createSelector(database);
  return {
    insert({ tokenId, workspace, name, role, createdAt, expiresAt, revokedAt }, hash) {
      insert.run(tokenId, workspace, name, role, hash, createdAt, orNull(expiresAt), orNull(revokedAt));
    },
    revoke({ workspace, id }, revokedAt) {
      revoke.run(revokedAt, workspace, id);
    },
    get: ({ workspace, id }) => toToken(get.get(workspace, id)),
    findByHash: (hash) => toToken(findByHash.get(hash)),
    getActiveOwner: (workspace, now) => toToken(activeOwner.get(workspace, now)),
    list: (workspace, { before, limit }) =>
      select({
        from: 'tokens',
        where: [
          ['workspace = ?', workspace],
          ['token_id < ?', before],
        ],
        orderBy: 'token_id DESC',
        limit,
      }).flatMap((row) => toToken(row) ?? []),
  };
}

function toToken(row: Row | undefined): Token | undefined {
  if (!row) return undefined;
  return {
    tokenId: text(row, 'token_id'),
    workspace: text(row, 'workspace'),
    name: text(row, 'name'),
    role: text(row, 'role') as Token['role'],
    createdAt: text(row, 'created_at'),
    ...optional(row, 'expires_at', 'expiresAt'),
    ...optional(row, 'revoked_at', 'revokedAt'),
  };
}
