import { BonafideError } from '@bonafide/core/errors';
import type { Feedback } from '@bonafide/core/models';
import { getAction } from '../actions/state.ts';
import { getAgent } from '../agents/agents.ts';
import { newId } from '../ids.ts';
import type { Transaction } from '../ledger.ts';

type Opinion = Pick<Feedback, 'agentId' | 'rating'> & {
  readonly comment?: string | undefined;
  readonly actionId?: string | undefined;
};

/** Keeps what the acting person thinks of an agent, in place of what it thought before of the same agent and action. */
export function giveFeedback(tx: Transaction, { agentId, rating, comment, actionId }: Opinion): Feedback {
  getAgent(tx, agentId);
  if (actionId !== undefined && getAction(tx, actionId).agentId !== agentId) {
    throw new BonafideError('NOT_FOUND', 'This agent has no such action.');
  }
  const about = { agentId, ...(actionId === undefined ? {} : { actionId }) };
  const feedback: Feedback = {
    ...{ feedbackId: newId(tx.nowMs), ...about, rating },
    ...(comment === undefined ? {} : { comment }),
    ...{ givenBy: tx.actor, createdAt: tx.now },
  };
  tx.tables.feedback.put(tx.workspace, feedback);
  const { feedbackId } = feedback;
  tx.record({ type: 'trust.feedback-given', subject: agentId, data: { feedbackId, ...about, rating } });
  return feedback;
}
