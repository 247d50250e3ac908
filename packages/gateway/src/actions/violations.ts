import type { ErrorCode } from '@bonafide/core/errors';
import { raiseAlert } from '../alerts/raise.ts';
import type { Transaction } from '../ledger.ts';
import type { StoredAction } from '../stores/store.ts';
import { Refused } from './refused.ts';

/** What an agent tried to do with an action that was not decided so. */
export interface Attempt {
  readonly agentId: string;
  readonly attempt: 'start' | 'complete';
  readonly parametersDigest: string;
}

const refusals = {
  otherAgent: ['FORBIDDEN', 'Only the agent that asked can run an action and report its outcome.'],
  otherParameters: ['CONFLICT', 'These are not the parameters that were approved. Nothing was used up.'],
  denied: ['CONFLICT', 'The action is denied.'],
  expired: ['EXPIRED', 'The approval expired. Ask again with actions.verify.'],
} as const satisfies Record<string, readonly [ErrorCode, string]>;

type Reason = keyof typeof refusals;

/** A refusal that goes to the log and the stream although the call itself changes nothing. */
export function violation(
  reason: Reason,
  { action, ...attempt }: Attempt & { action: StoredAction },
): Refused {
  const [code, message] = refusals[reason];
  return new Refused(code, message, {
    // What became of another's action is not for who only knows its id.
    ...(reason === 'otherAgent' ? {} : { details: { status: action.status } }),
    aftermath: (tx) => recordViolation(tx, { action, reason, ...attempt }),
  });
}

function recordViolation(
  tx: Transaction,
  { action, reason, agentId, attempt, parametersDigest }: Attempt & { action: StoredAction; reason: Reason },
): void {
  const { workspace, actionId } = action;
  const attempts = tx.tables.violations.count({ workspace, actionId, agentId, reason });
  // The first, the tenth, the hundredth: whoever tries a million times writes seven entries.
  if (!/^10*$/.test(String(attempts))) return;
  const data = { actionId, agentId, action: action.action, attempt, reason, attempts, parametersDigest };
  tx.record({ type: 'action.violation', subject: actionId, data });
  if (reason === 'otherParameters') {
    const title = `An agent tried to ${attempt} ${action.action} with other parameters than were approved.`;
    raiseAlert(tx, { type: 'approval.tampered', severity: 'high', title, subject: actionId, agentId, data });
  }
}
