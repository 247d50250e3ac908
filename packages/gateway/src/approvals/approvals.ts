import { BonafideError } from '@bonafide/core/errors';
import type { Approval } from '@bonafide/core/models';
import { EXPIRED, getAction, moveAction } from '../actions/state.ts';
import type { Transaction } from '../ledger.ts';
import type { Reader, StoredAction } from '../stores/store.ts';

export interface Answer {
  readonly approvalId: string;
  readonly decision: 'approve' | 'deny';
  readonly parametersDigest: string;
  readonly reason?: string | undefined;
}

/** Asks a person about a pending action. */
export function addApproval(
  tx: Transaction,
  { action, agentName }: { action: StoredAction; agentName: string },
): void {
  const { approvalId, expiresAt } = action;
  if (!approvalId || !expiresAt) throw new BonafideError('INTERNAL', 'A pending action has no approval.');
  const { workspace, actionId, agentId, parameters, parametersDigest, risk, reason, createdAt } = action;
  const approval: Approval = {
    ...{ approvalId, workspace, actionId, agentId, agentName, action: action.action },
    ...{ parameters, parametersDigest, risk, status: 'pending', reason, createdAt, expiresAt },
    ...{ policyVersion: action.policyVersion ?? 0, approvalsNeeded: 1, votes: [] },
  };
  tx.tables.approvals.insert(approval);
  recordApproval(tx, { approval, event: 'approval.requested' });
}

/** Answers a pending approval once, and with it the action, which may then be run within `approvalTtlMs`. */
export function decideApproval(
  tx: Transaction,
  { answer, approvalTtlMs }: { answer: Answer; approvalTtlMs: number },
): Approval {
  const approval = getApproval(tx, answer.approvalId);
  assertAnswerable(approval, tx.now);
  if (approval.parametersDigest !== answer.parametersDigest) {
    throw new BonafideError(
      'CONFLICT',
      'These are not the parameters that were asked about. Look at them again.',
    );
  }
  const status = answer.decision === 'approve' ? 'approved' : 'denied';
  const reason = answer.reason ?? (status === 'approved' ? 'Approved by a person.' : 'Denied by a person.');
  const decided: Approval = { ...approval, status, reason, decidedBy: tx.actor, decidedAt: tx.now };
  tx.tables.approvals.update(decided);
  recordApproval(tx, { approval: decided, event: `approval.${status}` });
  const expiresAt = status === 'approved' ? new Date(tx.nowMs + approvalTtlMs).toISOString() : undefined;
  moveAction(tx, getAction(tx, approval.actionId), { status, reason, expiresAt });
  return decided;
}

/** Ends an open action, and the question about it, whose time is over or whose agent is gone. */
export function expireAction(
  tx: Transaction,
  { action, reason }: { action: StoredAction; reason: string },
): void {
  moveAction(tx, action, { status: 'expired', reason });
  const approval =
    action.approvalId && action.status === 'pending' ? getApproval(tx, action.approvalId) : undefined;
  if (!approval) return;
  const expired: Approval = { ...approval, status: 'expired', reason };
  tx.tables.approvals.update(expired);
  recordApproval(tx, { approval: expired, event: 'approval.expired' });
}

/** The stored approval; NOT_FOUND outside the workspace. */
export function getApproval(reader: Reader, approvalId: string): Approval {
  const approval = reader.tables.approvals.get({ workspace: reader.workspace, id: approvalId });
  if (!approval) throw new BonafideError('NOT_FOUND', 'There is no such approval in this workspace.');
  return approval;
}

/** The approval as the wire has it; one whose time is over reads as expired even before the sweep writes it. */
export function presentApproval(approval: Approval, now: string): Approval {
  const isOverdue = approval.status === 'pending' && approval.expiresAt <= now;
  return isOverdue ? { ...approval, status: 'expired', reason: EXPIRED } : approval;
}

function assertAnswerable(approval: Approval, now: string): void {
  const { status } = presentApproval(approval, now);
  if (status === 'expired') throw new BonafideError('EXPIRED', 'Too late: this approval expired.');
  if (status !== 'pending') {
    throw new BonafideError('CONFLICT', `This approval was ${status} already.`, { details: { status } });
  }
}

function recordApproval(tx: Transaction, { approval, event }: { approval: Approval; event: string }): void {
  const { approvalId, actionId, agentId, action, risk, status, parametersDigest, expiresAt, reason } =
    approval;
  const optional = reason === undefined ? {} : { reason };
  tx.record({
    type: event,
    subject: approvalId,
    data: { approvalId, actionId, agentId, action, risk, status, parametersDigest, expiresAt, ...optional },
  });
}
