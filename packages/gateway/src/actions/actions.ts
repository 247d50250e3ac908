import { BonafideError } from '@bonafide/core/errors';
import { digestOf } from '@bonafide/core/identity';
import type { Action, AgentRecord, Risk } from '@bonafide/core/models';
import { addApproval } from '../approvals/approvals.ts';
import { newId } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import type { Transaction } from '../ledger.ts';
import type { AppendedEntry, StoredAction } from '../stores/store.ts';
import type { ActionPolicy, Question } from './decide.ts';
import { getAction, presentAction, recordAction } from './state.ts';

export interface ActionRequest {
  readonly action: string;
  readonly parameters?: JsonObject | undefined;
  readonly risk?: Risk | undefined;
  readonly resource?: string | undefined;
}

/** How an action ended, as its agent reports it. */
export interface Outcome {
  readonly outcome: 'executed' | 'failed';
  readonly result?: Action['result'];
  readonly error?: string | undefined;
}

interface Logged {
  readonly agent: AgentRecord;
  readonly request: ActionRequest;
  readonly outcome: Outcome;
  readonly policy: ActionPolicy;
}

/** An action as it is now, and where the log says so. */
export interface Recorded {
  readonly action: Action;
  readonly entry: AppendedEntry;
}

/** Decides about a request and stores the decision; a pending one becomes a question to a person. */
export function requestAction(
  tx: Transaction,
  { agent, request, policy }: { agent: AgentRecord; request: ActionRequest; policy: ActionPolicy },
): Recorded {
  const decision = policy.decide(tx, questionOf(agent, request));
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

/** Uses an approval up: by its own agent, once, for exactly the parameters that were approved. */
export function completeAction(
  tx: Transaction,
  { agent, ...report }: Outcome & { agent: AgentRecord; actionId: string; parametersDigest: string },
): Recorded {
  const action = getAction(tx, report.actionId);
  if (action.agentId !== agent.agentId) {
    throw new BonafideError('FORBIDDEN', 'Only the agent that asked can report the outcome.');
  }
  assertApproved(action, tx.now);
  if (action.parametersDigest !== report.parametersDigest) {
    throw new BonafideError(
      'CONFLICT',
      'These are not the parameters that were approved. Nothing was used up.',
    );
  }
  const ended = { ...action, ...endOf(report), updatedAt: tx.now };
  tx.tables.actions.update(ended);
  return { action: presentAction(ended, tx.now), entry: recordAction(tx, ended) };
}

function questionOf(agent: AgentRecord, request: ActionRequest): Question {
  const { action, risk, parameters = {}, resource } = request;
  return { agent, action, requestedRisk: risk, parameters, resource };
}

function assertApproved(action: StoredAction, now: string): void {
  const { status } = presentAction(action, now);
  if (status === 'expired')
    throw new BonafideError('EXPIRED', 'The approval expired. Ask again with actions.verify.');
  if (status !== 'approved') {
    throw new BonafideError(
      'CONFLICT',
      `The action is ${status}; only an approved one can be completed, once.`,
      {
        details: { status },
      },
    );
  }
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

function endOf({ outcome, result, error }: Outcome): Pick<StoredAction, 'status' | 'result' | 'error'> {
  return {
    status: outcome,
    ...(result === undefined ? {} : { result }),
    ...(error === undefined ? {} : { error }),
  };
}
