import { BonafideError } from '@bonafide/core/errors';
import type { Action } from '@bonafide/core/models';
import { redactParameters, redactText } from '../audit/redact.ts';
import { type Context, visibleTo } from '../context.ts';
import type { Transaction } from '../ledger.ts';
import type { AppendedEntry, Reader, StoredAction } from '../stores/store.ts';
import { settingsOf } from '../workspaces/settings.ts';

/** An action as it is now, and where the log says so. */
export interface Recorded {
  readonly action: Action;
  readonly entry: AppendedEntry;
}

/** The stored action; NOT_FOUND outside the workspace. */
export function getAction(reader: Reader, actionId: string): StoredAction {
  const action = reader.tables.actions.get({ workspace: reader.workspace, id: actionId });
  if (!action) throw noSuchAction();
  return action;
}

/** As `getAction`, for a caller who may not see all: what it may not see is not there. */
export function viewAction(context: Context, actionId: string): Action {
  const { read, workspace } = context;
  const action = visibleTo(context, read.actions.get({ workspace, id: actionId }));
  if (!action) throw noSuchAction();
  return presentAction(action, context.now());
}

function noSuchAction(): BonafideError {
  return new BonafideError('NOT_FOUND', 'There is no such action in this workspace.');
}

/** Moves an action to a new state and records it. */
export function moveAction(tx: Transaction, action: StoredAction, change: Partial<StoredAction>): void {
  const moved = { ...action, ...change, updatedAt: tx.now };
  tx.tables.actions.update(moved);
  recordAction(tx, moved);
}

/** The action as the wire has it; one whose time is over reads as expired even before the sweep writes it. */
export function presentAction({ expiresAt, ...action }: StoredAction, now: string): Action {
  return isOverdue({ ...action, expiresAt }, now)
    ? { ...action, status: 'expired', reason: EXPIRED }
    : action;
}

export const EXPIRED = 'Nobody answered, or nobody ran it, in time.';

function isOverdue({ status, expiresAt }: StoredAction, now: string): boolean {
  return (status === 'pending' || status === 'approved') && expiresAt !== undefined && expiresAt <= now;
}

/**
 * Writes what became of an action to the log and the stream. Parameters go to the log only, redacted: everybody who may
 * follow events would see them. Their digest binds all of them. An error often quotes an address with a password in it.
 */
export function recordAction(tx: Transaction, action: StoredAction): AppendedEntry {
  const { actionId, agentId, status, risk, reason, parametersDigest, approvalId, error } = action;
  const optional = {
    ...(approvalId ? { approvalId } : {}),
    ...(error === undefined ? {} : { error: redactText(error) }),
  };
  const type = `action.${status}`;
  const data = {
    actionId,
    agentId,
    action: action.action,
    status,
    risk,
    reason,
    parametersDigest,
    ...optional,
  };
  const parameters = redactParameters(action.parameters, settingsOf(tx).redactedFields);
  tx.event({ type, subject: actionId, data });
  return tx.audit({ event: type, subject: actionId, data: { ...data, parameters } });
}
