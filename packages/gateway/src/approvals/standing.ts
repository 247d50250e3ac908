import { BonafideError } from '@bonafide/core/errors';
import type { Approval } from '@bonafide/core/models';
import type { ActionPolicy, Decision } from '../actions/decide.ts';
import { Refused } from '../actions/refused.ts';
import { getAction, moveAction, presentAction } from '../actions/state.ts';
import { isGranted } from '../http/scopes.ts';
import type { Transaction } from '../ledger.ts';
import type { StoredAction } from '../stores/store.ts';
import { approvalsNeeded, getApproval } from './approvals.ts';

interface Standing {
  readonly action: StoredAction;
  readonly policy: ActionPolicy;
}

/** The question put to the rules as they are now: an answer must not overrule what they forbid meanwhile. */
export function decideAgain(tx: Transaction, { action: asked, policy }: Standing): Decision {
  const { action, agentId, parameters, resource, risk } = asked;
  const agent = tx.tables.agents.get({ workspace: tx.workspace, id: agentId });
  if (!agent) throw new BonafideError('INTERNAL', 'An action has no agent.');
  return policy.decide(tx, { agent, action, parameters, resource, requestedRisk: risk });
}

/** Only the votes of people who may still approve count: one who was removed meanwhile has no say. */
export function countApprovals(tx: Transaction, { votes }: Approval): number {
  const voters = votes.filter(({ decision }) => decision === 'approve').map(({ decidedBy }) => decidedBy);
  return new Set(voters.filter((voter) => mayApprove(tx, voter))).size;
}

function mayApprove({ tables, workspace }: Transaction, voter: string): boolean {
  const member = tables.members.get({ workspace, id: voter.slice('member:'.length) });
  return member?.status === 'active' && isGranted(member.role, 'workspace:approvals.manage');
}

/**
 * Refuses to start what was approved when the rules, or the people who approved it, would not have it now; it is denied
 * then. What the action waited for between the two may be what made somebody change the rules.
 */
export function assertStandsStill(tx: Transaction, standing: Standing): void {
  const why = whyNoMore(tx, standing);
  if (why === undefined) return;
  const { actionId } = standing.action;
  const reason = `Denied since it was approved: ${why}`;
  throw new Refused('CONFLICT', reason, {
    details: { status: 'denied' },
    aftermath(after) {
      const action = getAction(after, actionId);
      if (presentAction(action, after.now).status !== 'approved') return;
      moveAction(after, action, { status: 'denied', reason, expiresAt: undefined });
    },
  });
}

function whyNoMore(tx: Transaction, standing: Standing): string | undefined {
  const now = decideAgain(tx, standing);
  if (now.status === 'denied') return now.reason;
  const { approvalId } = standing.action;
  if (approvalId === undefined) return now.status === 'pending' ? now.reason : undefined;
  const approval = getApproval(tx, approvalId);
  const needed = Math.max(approval.approvalsNeeded, approvalsNeeded(tx, now.risk));
  return countApprovals(tx, approval) < needed
    ? 'too few of those who approved it may approve now.'
    : undefined;
}
