import type { DatabaseSync } from 'node:sqlite';
import type { Token, Workspace } from '@bonafide/core/models';
import type { StoredSettings, TokenTable, WorkspaceTable } from '../../store.ts';
import { createSelector, optional, orNull, type Row, text } from '../sql.ts';

export function workspaceTable(database: DatabaseSync): WorkspaceTable {
  const ensure = database.prepare(
    'INSERT INTO workspaces (name, tenant, created_at) VALUES (?1, ?1, ?2) ON CONFLICT DO NOTHING',
  );
  const insert = database.prepare(
    'INSERT INTO workspaces (name, tenant, display_name, created_at) VALUES (?, ?, ?, ?)',
  );
  const close = database.prepare('UPDATE workspaces SET closed_at = ? WHERE name = ?');
  const get = database.prepare('SELECT * FROM workspaces WHERE name = ?');
  const countOfTenant = database.prepare('SELECT count(*) AS count FROM workspaces WHERE tenant = ?');
  const ofTenant = database.prepare(
    'SELECT * FROM workspaces WHERE tenant = ? AND closed_at IS NULL ORDER BY name',
  );
  const getSettings = database.prepare('SELECT settings FROM workspaces WHERE name = ?');
  const setSettings = database.prepare('UPDATE workspaces SET settings = ? WHERE name = ?');
  const parse = createParser<StoredSettings>();
  return {
    ensure(name, createdAt) {
      ensure.run(name, createdAt);
    },
    insert({ name, tenant, displayName, createdAt }) {
      insert.run(name, tenant, orNull(displayName), createdAt);
    },
    close(name, closedAt) {
      close.run(closedAt, name);
    },
    get(name) {
      const row = get.get(name);
      return row && toWorkspace(row);
    },
    getTenant(name) {
      const row = get.get(name);
      return row && text(row, 'tenant');
    },
    getClosedAt: (name) => optional(get.get(name) ?? {}, 'closed_at', 'closedAt').closedAt,
    getCountOfTenant: (tenant) => Number(countOfTenant.get(tenant)?.count),
    listOfTenant: (tenant) => ofTenant.all(tenant).map(toWorkspace),
    getSettings(name) {
      const row = getSettings.get(name);
      return parse(row ? text(row, 'settings') : '{}');
    },
    setSettings(name, settings) {
      setSettings.run(JSON.stringify(settings), name);
    },
  };
}

function toWorkspace(row: Row): Omit<Workspace, 'settings'> {
  return {
    name: text(row, 'name'),
    tenant: text(row, 'tenant'),
    ...optional(row, 'display_name', 'displayName'),
    createdAt: text(row, 'created_at'),
  };
}

const MAX_PARSED = 1000;

/**
 * Parses the same text once. The row itself is read each time, which is cheap and always right: inside a transaction,
 * after one that was undone, and when another process wrote it.
 */
function createParser<Value>(): (text: string) => Value {
  const parsed = new Map<string, Value>();
  return (source) => {
    const known = parsed.get(source);
    if (known !== undefined) return known;
    const value = JSON.parse(source) as Value;
    if (parsed.size >= MAX_PARSED) parsed.clear();
    parsed.set(source, value);
    return value;
  };
}

export function tokenTable(database: DatabaseSync): TokenTable {
  const insert = database.prepare(
    `INSERT INTO tokens (token_id, workspace, name, role, hash, created_at, expires_at, revoked_at, member_id,
       address) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const revoke = database.prepare('UPDATE tokens SET revoked_at = ? WHERE workspace = ? AND token_id = ?');
  const get = database.prepare('SELECT * FROM tokens WHERE workspace = ? AND token_id = ?');
  const findByHash = database.prepare('SELECT * FROM tokens WHERE hash = ?');
  const activeOwner = database.prepare(
    `SELECT tokens.* FROM tokens JOIN members USING (workspace, member_id)
     WHERE workspace = ? AND tokens.role = 'owner' AND members.role = 'owner' AND members.status = 'active'
     AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?) LIMIT 1`,
  );
  const ofMember = database.prepare(
    'SELECT * FROM tokens WHERE workspace = ? AND member_id = ? AND revoked_at IS NULL',
  );
  const ofAddress = database.prepare(
    'SELECT * FROM tokens WHERE workspace = ? AND address = ? AND revoked_at IS NULL',
  );
  const select = createSelector(database);
  return {
    insert({ tokenId, workspace, name, role, createdAt, expiresAt, revokedAt, memberId, address }, hash) {
      const end = [orNull(expiresAt), orNull(revokedAt), orNull(memberId), orNull(address)];
      insert.run(tokenId, workspace, name, role, hash, createdAt, ...end);
    },
    revoke({ workspace, id }, revokedAt) {
      revoke.run(revokedAt, workspace, id);
    },
    get: ({ workspace, id }) => toToken(get.get(workspace, id)),
    findByHash: (hash) => toToken(findByHash.get(hash)),
    getActiveOwner: (workspace, now) => toToken(activeOwner.get(workspace, now)),
    listUnrevokedOfMember: (workspace, memberId) =>
      ofMember.all(workspace, memberId).flatMap((row) => toToken(row) ?? []),
    listUnrevokedOfAddress: (workspace, address) =>
      ofAddress.all(workspace, address).flatMap((row) => toToken(row) ?? []),
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
    ...optional(row, 'member_id', 'memberId'),
    ...optional(row, 'address', 'address'),
    createdAt: text(row, 'created_at'),
    ...optional(row, 'expires_at', 'expiresAt'),
    ...optional(row, 'revoked_at', 'revokedAt'),
  };
}
