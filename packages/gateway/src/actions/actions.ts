import { RateLimitError } from '@bonafide/core/errors';
import { digestOf } from '@bonafide/core/identity';
import type { AgentRecord, Risk } from '@bonafide/core/models';
import { addApproval } from '../approvals/approvals.ts';
import { newId } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import type { Transaction } from '../ledger.ts';
import type { StoredAction } from '../stores/store.ts';
import type { ActionPolicy, Question } from './decide.ts';
import { endOf, type Outcome } from './run.ts';
import { presentAction, type Recorded, recordAction } from './state.ts';

export interface ActionRequest {
  readonly action: string;
  readonly parameters?: JsonObject | undefined;
  readonly risk?: Risk | undefined;
  readonly resource?: string | undefined;
}

interface Logged {
  readonly agent: AgentRecord;
  readonly request: ActionRequest;
  readonly outcome: Outcome;
  readonly policy: ActionPolicy;
}

/** Decides about a request and stores the decision; a pending one becomes a question to a person. */
export function requestAction(
  tx: Transaction,
  { agent, request, policy }: { agent: AgentRecord; request: ActionRequest; policy: ActionPolicy },
): Recorded {
  const decision = policy.decide(tx, questionOf(agent, request));
  if (decision.status === 'pending') assertMayAsk(tx, agent);
  const isOpen = decision.status !== 'denied';
  const action: StoredAction = {
    ...newAction(tx, { agent, request }),
    ...decision,
    ...(decision.status === 'pending' ? { approvalId: newId(tx.nowMs) } : {}),
    ...(isOpen ? { expiresAt: new Date(tx.nowMs + policy.approvalTtlMs).toISOString() } : {}),
  };
  tx.tables.actions.insert(action);
  const entry = recordAction(tx, action);
  if (decision.status === 'pending') addApproval(tx, { action, agentName: agent.name });
  return { action: presentAction(action, tx.now), entry };
}

/** More than people will ever read: who asks for more hides one question among them, and makes revoking it a long commit. */
const MAX_PENDING = 500;
const ASK_AGAIN_MS = 10_000;

function assertMayAsk(tx: Transaction, { agentId }: AgentRecord): void {
  if (tx.tables.actions.getPendingCount(tx.workspace, agentId) < MAX_PENDING) return;
  throw new RateLimitError(`${MAX_PENDING} actions of this agent wait for people already.`, {
    retryAfterMs: ASK_AGAIN_MS,
  });
}

/** Stores an action that already happened, at the risk it would have been rated. It grants nothing. */
export function logAction(tx: Transaction, { agent, request, outcome, policy }: Logged): Recorded {
  const { risk } = policy.decide(tx, questionOf(agent, request));
  const action: StoredAction = {
    ...newAction(tx, { agent, request }),
    risk,
    reason: 'Logged afterwards, without a decision.',
    ...endOf(outcome),
  };
  tx.tables.actions.insert(action);
  return { action: presentAction(action, tx.now), entry: recordAction(tx, action) };
}

function questionOf(agent: AgentRecord, request: ActionRequest): Question {
  const { action, risk, parameters = {}, resource } = request;
  return { agent, action, requestedRisk: risk, parameters, resource };
}

function newAction(
  tx: Transaction,
  { agent, request }: { agent: AgentRecord; request: ActionRequest },
): Pick<StoredAction, Exclude<keyof StoredAction, 'status' | 'risk' | 'reason'>> {
  const parameters = request.parameters ?? {};
  return {
    actionId: newId(tx.nowMs),
    workspace: tx.workspace,
    agentId: agent.agentId,
    action: request.action,
    parameters,
    parametersDigest: digestOf(parameters),
    ...(request.resource === undefined ? {} : { resource: request.resource }),
    createdAt: tx.now,
    updatedAt: tx.now,
  };
}
