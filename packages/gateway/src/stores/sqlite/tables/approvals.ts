import type { DatabaseSync } from 'node:sqlite';
import type { Approval } from '@bonafide/core/models';
import type { ApprovalTable } from '../../store.ts';
import { createSelector, json, optional, orNull, type Row, text } from '../sql.ts';

export function approvalTable(database: DatabaseSync): ApprovalTable {
  const insert = database.prepare(
    `INSERT INTO approvals (approval_id, workspace, action_id, agent_id, agent_name, action, parameters,
       parameters_digest, risk, status, reason, decided_by, decided_at, created_at, expires_at,
       policy_version, approvals_needed, votes, resource)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare(
    `UPDATE approvals SET status = ?, reason = ?, decided_by = ?, decided_at = ?, votes = ?, approvals_needed = ?
     WHERE workspace = ? AND approval_id = ?`,
  );
  const get = database.prepare('SELECT * FROM approvals WHERE approval_id = ? AND workspace = ?');
  const select = createSelector(database);
  return {
    insert(approval) {
      insert.run(
        ...[approval.approvalId, approval.workspace, approval.actionId, approval.agentId, approval.agentName],
        ...[approval.action, JSON.stringify(approval.parameters), approval.parametersDigest, approval.risk],
        ...[approval.status, orNull(approval.reason), orNull(approval.decidedBy), orNull(approval.decidedAt)],
        ...[approval.createdAt, approval.expiresAt, approval.policyVersion, approval.approvalsNeeded],
        ...[JSON.stringify(approval.votes), orNull(approval.resource)],
      );
    },
    update({ status, reason, decidedBy, decidedAt, votes, approvalsNeeded, workspace, approvalId }) {
      const decision = [status, orNull(reason), orNull(decidedBy), orNull(decidedAt)];
      update.run(...decision, JSON.stringify(votes), approvalsNeeded, workspace, approvalId);
    },
    get: ({ workspace, id }) => toApproval(get.get(id, workspace)),
    list: ({ workspace, status, agentId }, { before, limit }) =>
      select({
        from: 'approvals',
        where: [
          ['workspace = ?', workspace],
          ['status = ?', status],
          ['agent_id = ?', agentId],
          ['approval_id < ?', before],
        ],
        orderBy: 'approval_id DESC',
        limit,
      }).flatMap((row) => toApproval(row) ?? []),
  };
}

function toApproval(row: Row | undefined): Approval | undefined {
  if (!row) return undefined;
  return {
    approvalId: text(row, 'approval_id'),
    workspace: text(row, 'workspace'),
    actionId: text(row, 'action_id'),
    agentId: text(row, 'agent_id'),
    agentName: text(row, 'agent_name'),
    action: text(row, 'action'),
    ...optional(row, 'resource', 'resource'),
    parameters: json(row, 'parameters'),
    parametersDigest: text(row, 'parameters_digest'),
    risk: text(row, 'risk') as Approval['risk'],
    status: text(row, 'status') as Approval['status'],
    ...optional(row, 'reason', 'reason'),
    policyVersion: Number(row.policy_version),
    approvalsNeeded: Number(row.approvals_needed),
    votes: json(row, 'votes'),
    ...optional(row, 'decided_by', 'decidedBy'),
    ...optional(row, 'decided_at', 'decidedAt'),
    createdAt: text(row, 'created_at'),
    expiresAt: text(row, 'expires_at'),
  };
}
