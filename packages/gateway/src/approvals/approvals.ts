import { BonafideError } from '@bonafide/core/errors';
import type { Approval, Risk } from '@bonafide/core/models';
import { EXPIRED, moveAction } from '../actions/state.ts';
import { type Context, visibleTo } from '../context.ts';
import type { JsonObject } from '../json.ts';
import type { Transaction } from '../ledger.ts';
import type { Reader, StoredAction } from '../stores/store.ts';
import { settingsOf } from '../workspaces/settings.ts';

/** Asks a person about a pending action. */
export function addApproval(
  tx: Transaction,
  { action, agentName }: { action: StoredAction; agentName: string },
): void {
  const { approvalId, expiresAt } = action;
  if (!approvalId || !expiresAt) throw new BonafideError('INTERNAL', 'A pending action has no approval.');
  const { workspace, actionId, agentId, parameters, parametersDigest, risk, reason, createdAt } = action;
  const resource = action.resource === undefined ? {} : { resource: action.resource };
  const approval: Approval = {
    ...{ approvalId, workspace, actionId, agentId, agentName, action: action.action, ...resource },
    ...{ parameters, parametersDigest, risk, status: 'pending', reason, createdAt, expiresAt },
    ...{ policyVersion: action.policyVersion ?? 0, approvalsNeeded: approvalsNeeded(tx, risk), votes: [] },
  };
  tx.tables.approvals.insert(approval);
  recordApproval(tx, { approval, event: 'approval.requested' });
}

/** How many different people must approve an action of this risk. */
export function approvalsNeeded(reader: Reader, risk: Risk): number {
  return risk === 'critical' ? settingsOf(reader).criticalApprovers : 1;
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
  if (!approval) throw noSuchApproval();
  return approval;
}

/** As `getApproval`, for a caller who may not see all: what it may not see is not there. */
export function viewApproval(context: Context, approvalId: string): Approval {
  const { read, workspace } = context;
  const approval = visibleTo(context, read.approvals.get({ workspace, id: approvalId }));
  if (!approval) throw noSuchApproval();
  return presentApproval(approval, context.now());
}

function noSuchApproval(): BonafideError {
  return new BonafideError('NOT_FOUND', 'There is no such approval in this workspace.');
}

/** The approval as the wire has it; one whose time is over reads as expired even before the sweep writes it. */
export function presentApproval(approval: Approval, now: string): Approval {
  const isOverdue = approval.status === 'pending' && approval.expiresAt <= now;
  return isOverdue ? { ...approval, status: 'expired', reason: EXPIRED } : approval;
}

/** To the log and the stream; who voted how goes with it, the parameters do not. */
export function recordApproval(
  tx: Transaction,
  { approval, event }: { approval: Approval; event: string },
): void {
  const { approvalId, actionId, agentId, action, risk, status, parametersDigest, expiresAt } = approval;
  const { reason, approvalsNeeded, votes } = approval;
  const facts = { approvalId, actionId, agentId, action, risk, status, parametersDigest, expiresAt };
  const optional = reason === undefined ? {} : { reason };
  const data = { ...facts, approvalsNeeded, votes: votes.map(toData), ...optional };
  tx.record({ type: event, subject: approvalId, data });
}

function toData({ reason, ...vote }: Approval['votes'][number]): JsonObject {
  return reason === undefined ? vote : { ...vote, reason };
}
