import { BonafideError } from '@bonafide/core/errors';
import type { Approval } from '@bonafide/core/models';
import type { ActionPolicy, Decision } from '../actions/decide.ts';
import { Refused } from '../actions/refused.ts';
import { getAction, moveAction } from '../actions/state.ts';
import type { Transaction } from '../ledger.ts';
import { approvalsNeeded, getApproval, presentApproval, recordApproval } from './approvals.ts';
import { countApprovals, decideAgain } from './standing.ts';

export interface Answer {
  readonly approvalId: string;
  readonly decision: 'approve' | 'deny';
  readonly parametersDigest: string;
  readonly reason?: string | undefined;
}

interface Answering {
  readonly answer: Answer;
  readonly policy: ActionPolicy;
}

/**
 * One person's answer to a pending approval. A denial ends it; an approval ends it once as many different people as it
 * needs have approved, and the action may then be run within the time of the policy.
 */
export function decideApproval(tx: Transaction, { answer, policy }: Answering): Approval {
  const approval = getApproval(tx, answer.approvalId);
  assertAnswerable(tx, approval);
  if (approval.parametersDigest !== answer.parametersDigest) {
    throw new BonafideError(
      'CONFLICT',
      'These are not the parameters that were asked about. Look at them again.',
    );
  }
  const { decision, reason } = answer;
  const vote = { decision, decidedBy: tx.actor, ...(reason === undefined ? {} : { reason }), at: tx.now };
  const voted = { ...approval, votes: [...approval.votes, vote] };
  if (decision === 'deny') return end(tx, { approval: voted, status: 'denied', reason, by: tx.actor });
  return approve(tx, { approval: voted, reason, policy });
}

function approve(
  tx: Transaction,
  { approval, reason, policy }: { approval: Approval; reason: string | undefined; policy: ActionPolicy },
): Approval {
  const now = decideAgain(tx, { action: getAction(tx, approval.actionId), policy });
  if (now.status === 'denied') throw outruled(approval, now);
  const needed = Math.max(approval.approvalsNeeded, approvalsNeeded(tx, now.risk));
  const voted = { ...approval, approvalsNeeded: needed };
  if (countApprovals(tx, voted) >= needed) {
    const expiresAt = new Date(tx.nowMs + policy.approvalTtlMs).toISOString();
    return end(tx, { approval: voted, status: 'approved', reason, by: tx.actor, expiresAt });
  }
  tx.tables.approvals.update(voted);
  recordApproval(tx, { approval: voted, event: 'approval.voted' });
  return voted;
}

function outruled({ approvalId }: Approval, { reason, rule, policyVersion }: Decision): Refused {
  const explanation = `Denied by the rules that hold now, which changed since the question arose: ${reason}`;
  return new Refused('CONFLICT', explanation, {
    details: { status: 'denied', rule, policyVersion },
    aftermath(tx) {
      const approval = getApproval(tx, approvalId);
      if (presentApproval(approval, tx.now).status !== 'pending') return;
      end(tx, { approval, status: 'denied', reason: explanation, by: 'system' });
    },
  });
}

interface Ending {
  readonly approval: Approval;
  readonly status: 'approved' | 'denied';
  readonly reason: string | undefined;
  readonly by: string;
  /** Until when the action may be run. */
  readonly expiresAt?: string;
}

function end(tx: Transaction, { approval, status, by, expiresAt, ...given }: Ending): Approval {
  const reason = given.reason ?? (status === 'approved' ? 'Approved by a person.' : 'Denied by a person.');
  const decided: Approval = { ...approval, status, reason, decidedBy: by, decidedAt: tx.now };
  tx.tables.approvals.update(decided);
  recordApproval(tx, { approval: decided, event: `approval.${status}` });
  moveAction(tx, getAction(tx, approval.actionId), { status, reason, expiresAt });
  return decided;
}

function assertAnswerable(tx: Transaction, approval: Approval): void {
  const { status } = presentApproval(approval, tx.now);
  if (status === 'expired') throw new BonafideError('EXPIRED', 'Too late: this approval expired.');
  if (status !== 'pending') {
    throw new BonafideError('CONFLICT', `This approval was ${status} already.`, { details: { status } });
  }
  if (approval.votes.some(({ decidedBy }) => decidedBy === tx.actor)) {
    throw new BonafideError('CONFLICT', 'You have answered already. Another person must approve as well.');
  }
}
