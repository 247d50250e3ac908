import { BonafideError } from '@bonafide/core/errors';
import type { Action, AgentRecord } from '@bonafide/core/models';
import { assertStandsStill } from '../approvals/standing.ts';
import type { Transaction } from '../ledger.ts';
import type { StoredAction } from '../stores/store.ts';
import type { ActionPolicy } from './decide.ts';
import { getAction, presentAction, type Recorded, recordAction } from './state.ts';
import { type Attempt, violation } from './violations.ts';

/** How an action ended, as its agent reports it. */
export interface Outcome {
  readonly outcome: 'executed' | 'failed';
  readonly result?: Action['result'];
  readonly error?: string | undefined;
}

interface Claim {
  readonly agent: AgentRecord;
  readonly actionId: string;
  readonly parametersDigest: string;
}

/**
 * Uses an approval up, before the work: by its own agent, once, for exactly what was approved, while the rules still have it. From here on no clock ends
 * the action; only its agent knows what became of it, so it is running until the agent reports.
 */
export function startAction(
  tx: Transaction,
  { policy, ...claim }: Claim & { readonly policy: ActionPolicy },
): Recorded {
  const action = claimAction(tx, { ...claim, attempt: 'start', from: ['approved'] });
  assertStandsStill(tx, { action, policy });
  return store(tx, { ...action, status: 'running', expiresAt: undefined });
}

/** Ends an action that is running, or uses up one that was approved and ends it at once. */
export function completeAction(
  tx: Transaction,
  { outcome, result, error, ...claim }: Claim & Outcome,
): Recorded {
  const action = claimAction(tx, { ...claim, attempt: 'complete', from: ['approved', 'running'] });
  return store(tx, { ...action, ...endOf({ outcome, result, error }) });
}

export function endOf({
  outcome,
  result,
  error,
}: Outcome): Pick<StoredAction, 'status' | 'result' | 'error'> {
  return {
    status: outcome,
    ...(result === undefined ? {} : { result }),
    ...(error === undefined ? {} : { error }),
  };
}

/** The action, when this agent may now do this to it; every refusal leaves it as it is. */
function claimAction(
  tx: Transaction,
  {
    agent,
    actionId,
    from,
    ...claim
  }: Claim & Pick<Attempt, 'attempt'> & { from: readonly Action['status'][] },
): StoredAction {
  const action = getAction(tx, actionId);
  const attempt = { action, agentId: agent.agentId, ...claim };
  if (action.agentId !== agent.agentId) throw violation('otherAgent', attempt);
  const { status } = presentAction(action, tx.now);
  if (status === 'denied' || status === 'expired') throw violation(status, attempt);
  if (!from.includes(status)) throw notNow(status, from);
  if (action.parametersDigest !== claim.parametersDigest) throw violation('otherParameters', attempt);
  return action;
}

function notNow(status: Action['status'], from: readonly Action['status'][]): BonafideError {
  return new BonafideError(
    'CONFLICT',
    `The action is ${status}; this needs one that is ${from.join(' or ')}, once.`,
    {
      details: { status },
    },
  );
}

function store(tx: Transaction, action: StoredAction): Recorded {
  const moved = { ...action, updatedAt: tx.now };
  tx.tables.actions.update(moved);
  return { action: presentAction(moved, tx.now), entry: recordAction(tx, moved) };
}
