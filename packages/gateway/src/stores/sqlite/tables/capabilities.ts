import type { DatabaseSync } from 'node:sqlite';
import type { CapabilityGrant } from '@bonafide/core/models';
import type { CapabilityQuery, CapabilityTable } from '../../decisions.ts';
import { type Condition, createSelector, optional, orNull, type Row, text } from '../sql.ts';

export function capabilityTable(database: DatabaseSync): CapabilityTable {
  const insert = database.prepare(
    `INSERT INTO capabilities (capability_id, workspace, agent_id, capability, resource, status, reason, decided_by,
       decision_reason, expires_at, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare(
    `UPDATE capabilities SET status = ?, decided_by = ?, decision_reason = ?, expires_at = ?, updated_at = ?
     WHERE workspace = ? AND capability_id = ?`,
  );
  const get = database.prepare('SELECT * FROM capabilities WHERE capability_id = ? AND workspace = ?');
  const open = database.prepare(
    "SELECT * FROM capabilities WHERE workspace = ? AND agent_id = ? AND status IN ('requested', 'granted')",
  );
  const granted = database.prepare(
    "SELECT * FROM capabilities WHERE workspace = ? AND agent_id = ? AND status = 'granted'",
  );
  const expired = database.prepare(
    `SELECT * FROM capabilities WHERE status = 'granted' AND expires_at IS NOT NULL AND expires_at <= ? LIMIT ?`,
  );
  const select = createSelector(database);
  return {
    insert(grant) {
      insert.run(
        ...[grant.capabilityId, grant.workspace, grant.agentId, grant.capability, orNull(grant.resource)],
        ...[grant.status, grant.reason, orNull(grant.decidedBy), orNull(grant.decisionReason)],
        ...[orNull(grant.expiresAt), grant.createdAt, grant.updatedAt],
      );
    },
    update({ status, decidedBy, decisionReason, expiresAt, updatedAt, workspace, capabilityId }) {
      const decision = [status, orNull(decidedBy), orNull(decisionReason), orNull(expiresAt), updatedAt];
      update.run(...decision, workspace, capabilityId);
    },
    get: ({ workspace, id }) => [get.get(id, workspace) ?? []].flat().map(toGrant)[0],
    list: (query, { before, limit }) =>
      select({
        from: 'capabilities',
        where: [
          ['workspace = ?', query.workspace],
          ['agent_id = ?', query.agentId],
          ...statusIs(query),
          ['capability_id < ?', before],
        ],
        orderBy: 'capability_id DESC',
        limit,
      }).map(toGrant),
    listOpen: (workspace, agentId) => open.all(workspace, agentId).map(toGrant),
    listGranted: (workspace, agentId) => granted.all(workspace, agentId).map(toGrant),
    listExpired: (now, limit) => expired.all(now, limit).map(toGrant),
  };
}

function statusIs({ status, now }: CapabilityQuery): readonly Condition[] {
  switch (status) {
    case 'granted':
      return [["status = 'granted' AND (expires_at IS NULL OR expires_at > ?)", now]];
    case 'expired':
      return [["(status = 'expired' OR (status = 'granted' AND expires_at <= ?))", now]];
    default:
      return [['status = ?', status]];
  }
}

function toGrant(row: Row): CapabilityGrant {
  return {
    capabilityId: text(row, 'capability_id'),
    workspace: text(row, 'workspace'),
    agentId: text(row, 'agent_id'),
    capability: text(row, 'capability'),
    ...optional(row, 'resource', 'resource'),
    status: text(row, 'status') as CapabilityGrant['status'],
    reason: text(row, 'reason'),
    ...optional(row, 'decided_by', 'decidedBy'),
    ...optional(row, 'decision_reason', 'decisionReason'),
    ...optional(row, 'expires_at', 'expiresAt'),
    createdAt: text(row, 'created_at'),
    updatedAt: text(row, 'updated_at'),
  };
}
