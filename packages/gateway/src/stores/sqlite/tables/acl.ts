import type { DatabaseSync } from 'node:sqlite';
import type { AccessLevel, AclResourceType, AclRule, PrincipalType } from '@bonafide/core/models';
import type { AclTable, AclTables, StoredFallback } from '../../acl.ts';
import { createSelector, optional, orNull, type Row, text } from '../sql.ts';

export function aclTables(database: DatabaseSync): AclTables {
  return { acl: aclTable(database) };
}

function aclTable(database: DatabaseSync): AclTable {
  const insert = database.prepare(
    `INSERT INTO acl_rules (rule_id, workspace, principal_type, principal_id, resource_type, resource_id, level, granted_by,
       reason, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const remove = database.prepare('DELETE FROM acl_rules WHERE rule_id = ? AND workspace = ?');
  const removeExpired = database.prepare('DELETE FROM acl_rules WHERE workspace = ? AND expires_at <= ?');
  const setFallback = database.prepare(
    `INSERT INTO acl_fallbacks (workspace, principal_type, resource_type, level) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET level = excluded.level`,
  );
  // Random, not counted: a number would come again after a transaction that was undone, for other rules.
  const renew = database.prepare(
    `INSERT INTO acl_revisions (workspace, revision) VALUES (?, lower(hex(randomblob(16))))
     ON CONFLICT DO UPDATE SET revision = excluded.revision`,
  );
  return {
    insert(workspace, rule) {
      const { ruleId, principalType, principalId, resourceType, resourceId, level } = rule;
      insert.run(
        ...[ruleId, workspace, principalType, principalId, resourceType, resourceId, level, rule.grantedBy],
        ...[orNull(rule.reason), rule.createdAt, orNull(rule.expiresAt)],
      );
      renew.run(workspace);
    },
    remove({ workspace, id }) {
      const isRemoved = remove.run(id, workspace).changes === 1;
      if (isRemoved) renew.run(workspace);
      return isRemoved;
    },
    removeExpired(workspace, now) {
      if (removeExpired.run(workspace, now).changes > 0) renew.run(workspace);
    },
    setFallback(workspace, { principalType, resourceType, level }) {
      setFallback.run(workspace, principalType, resourceType, level);
      renew.run(workspace);
    },
    ...reads(database),
  };
}

function reads(
  database: DatabaseSync,
): Pick<AclTable, 'getRevision' | 'get' | 'getCount' | 'list' | 'listEvery' | 'listFallbacks'> {
  const revision = database.prepare('SELECT revision FROM acl_revisions WHERE workspace = ?');
  const get = database.prepare('SELECT * FROM acl_rules WHERE rule_id = ? AND workspace = ?');
  const count = database.prepare('SELECT count(*) AS count FROM acl_rules WHERE workspace = ?');
  const every = database.prepare('SELECT * FROM acl_rules WHERE workspace = ? ORDER BY rule_id');
  const fallbacks = database.prepare('SELECT * FROM acl_fallbacks WHERE workspace = ?');
  const select = createSelector(database);
  return {
    getRevision(workspace) {
      const row = revision.get(workspace);
      return row ? text(row, 'revision') : '';
    },
    get({ workspace, id }) {
      const row = get.get(id, workspace);
      return row && toRule(row);
    },
    getCount: (workspace) => Number(count.get(workspace)?.count),
    list: ({ workspace, principalType, principalId, resourceType }, { before, limit }) =>
      select({
        from: 'acl_rules',
        where: [
          ['workspace = ?', workspace],
          ['principal_type = ?', principalType],
          ['principal_id = ?', principalId],
          ['resource_type = ?', resourceType],
          ['rule_id < ?', before],
        ],
        orderBy: 'rule_id DESC',
        limit,
      }).map(toRule),
    listEvery: (workspace) => every.all(workspace).map(toRule),
    listFallbacks: (workspace) => fallbacks.all(workspace).map(toFallback),
  };
}

function toRule(row: Row): AclRule {
  return {
    ruleId: text(row, 'rule_id'),
    principalType: text(row, 'principal_type') as AclRule['principalType'],
    principalId: text(row, 'principal_id'),
    resourceType: text(row, 'resource_type') as AclResourceType,
    resourceId: text(row, 'resource_id'),
    level: Number(row.level) as AccessLevel,
    grantedBy: text(row, 'granted_by'),
    ...optional(row, 'reason', 'reason'),
    createdAt: text(row, 'created_at'),
    ...optional(row, 'expires_at', 'expiresAt'),
  };
}

function toFallback(row: Row): StoredFallback {
  return {
    principalType: text(row, 'principal_type') as PrincipalType,
    resourceType: text(row, 'resource_type') as AclResourceType,
    level: Number(row.level) as AccessLevel,
  };
}
