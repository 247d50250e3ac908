import type { DatabaseSync } from 'node:sqlite';
import type { ActionTable, StoredAction } from '../../store.ts';
import { createSelector, json, optional, orNull, type Row, text } from '../sql.ts';

export function actionTable(database: DatabaseSync): ActionTable {
  const insert = database.prepare(
    `INSERT INTO actions (action_id, workspace, agent_id, action, parameters, parameters_digest, resource, risk, status,
       reason, approval_id, result, error, created_at, updated_at, expires_at, rule, policy_version, shadow)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare(
    `UPDATE actions SET status = ?, reason = ?, approval_id = ?, result = ?, error = ?, updated_at = ?, expires_at = ?
     WHERE workspace = ? AND action_id = ?`,
  );
  return {
    insert(action) {
      insert.run(
        ...[
          action.actionId,
          action.workspace,
          action.agentId,
          action.action,
          JSON.stringify(action.parameters),
        ],
        ...[action.parametersDigest, orNull(action.resource), action.risk, action.status, action.reason],
        ...[orNull(action.approvalId), resultOf(action), orNull(action.error)],
        ...[action.createdAt, action.updatedAt, orNull(action.expiresAt), orNull(action.rule)],
        ...[action.policyVersion ?? null, action.shadow ? JSON.stringify(action.shadow) : null],
      );
    },
    update(action) {
      update.run(
        ...[action.status, action.reason, orNull(action.approvalId), resultOf(action), orNull(action.error)],
        ...[action.updatedAt, orNull(action.expiresAt), action.workspace, action.actionId],
      );
    },
    ...actionReads(database),
  };
}

function actionReads(database: DatabaseSync): Omit<ActionTable, 'insert' | 'update'> {
  const get = database.prepare('SELECT * FROM actions WHERE action_id = ? AND workspace = ?');
  const expired = database.prepare(
    `SELECT * FROM actions WHERE status IN ('pending', 'approved') AND expires_at <= ? ORDER BY expires_at LIMIT ?`,
  );
  const undecided = database.prepare(
    `SELECT * FROM actions WHERE workspace = ? AND agent_id = ? AND status IN ('pending', 'approved')`,
  );
  const pending = database.prepare(
    `SELECT count(*) AS count FROM actions WHERE workspace = ? AND agent_id = ? AND status = 'pending'`,
  );
  const select = createSelector(database);
  const many = (rows: Row[]) => rows.flatMap((row) => toAction(row) ?? []);
  return {
    get: ({ workspace, id }) => toAction(get.get(id, workspace)),
    listExpired: (now, limit) => many(expired.all(now, limit)),
    listUndecidedOfAgent: (workspace, agentId) => many(undecided.all(workspace, agentId)),
    getPendingCount: (workspace, agentId) => Number(pending.get(workspace, agentId)?.count),
    list: ({ workspace, agentId, status, action }, { before, limit }) =>
      many(
        select({
          from: 'actions',
          where: [
            ['workspace = ?', workspace],
            ['agent_id = ?', agentId],
            ['status = ?', status],
            ['action = ?', action],
            ['action_id < ?', before],
          ],
          orderBy: 'action_id DESC',
          limit,
        }),
      ),
  };
}

function resultOf({ result }: StoredAction): string | null {
  return result === undefined ? null : JSON.stringify(result);
}

function toAction(row: Row | undefined): StoredAction | undefined {
  if (!row) return undefined;
  return {
    actionId: text(row, 'action_id'),
    workspace: text(row, 'workspace'),
    agentId: text(row, 'agent_id'),
    action: text(row, 'action'),
    parameters: json(row, 'parameters'),
    parametersDigest: text(row, 'parameters_digest'),
    ...optional(row, 'resource', 'resource'),
    risk: text(row, 'risk') as StoredAction['risk'],
    status: text(row, 'status') as StoredAction['status'],
    reason: text(row, 'reason'),
    ...optional(row, 'rule', 'rule'),
    ...(row.policy_version === null ? {} : { policyVersion: Number(row.policy_version) }),
    ...(row.shadow === null ? {} : { shadow: json<StoredAction['shadow']>(row, 'shadow') }),
    ...optional(row, 'approval_id', 'approvalId'),
    ...(row.result === null ? {} : { result: json<StoredAction['result']>(row, 'result') }),
    ...optional(row, 'error', 'error'),
    createdAt: text(row, 'created_at'),
    updatedAt: text(row, 'updated_at'),
    ...optional(row, 'expires_at', 'expiresAt'),
  };
}
