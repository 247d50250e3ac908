import { BonafideError } from '@bonafide/core/errors';
import { accessLevels, parseAddress, type RuleAction, workspaceOfAddress } from '@bonafide/core/models';
import { assertLevel, type Resource } from '../acl/access.ts';
import { newId } from '../ids.ts';
import type { Transaction } from '../ledger.ts';
import { WORKFLOW_EVENT } from '../messages/workflow-events.ts';
import type { Place } from '../sessions/place.ts';

/** In whose name, with whose authority, and how many rules deep. */
export interface Acting {
  readonly rule: Place;
  readonly owner: Place;
  /** Of the event that started the rule: 0 when no rule emitted it. */
  readonly depth: number;
}

/** FORBIDDEN when the owner of a rule may not do itself what the rule is to do; what depends on the event is looked at then. */
export function assertActions(
  { tables, workspace }: Pick<Transaction, 'tables' | 'workspace'>,
  { owner, actions }: { readonly owner: Place; readonly actions: readonly RuleAction[] },
): void {
  for (const action of actions) {
    const resource = resourceOf(action, workspace);
    if (resource) assertLevel(tables, owner, { resource, level: accessLevels.readwrite });
  }
}

/** Undefined where only an event can tell. */
function resourceOf(action: RuleAction, workspace: string): Resource | undefined {
  switch (action.do) {
    case 'send':
      return action.to.includes('{{') ? undefined : recipientOf(action.to, workspace);
    case 'createTask':
      return { workspace, type: 'task', id: '*' };
    case 'putKey':
      return { workspace, type: 'kv', id: `workspace/${action.key}` };
    case 'emitEvent':
      return { workspace, type: 'workspace', id: workspace };
  }
}

function recipientOf(to: string, own: string): Resource {
  const address = parseAddress(to);
  if (address.type === 'events') {
    throw new BonafideError('VALIDATION_FAILED', 'A rule tells other rules with emitEvent, not with send.');
  }
  const workspace = workspaceOfAddress(address) ?? own;
  return { workspace, type: 'workspace', id: workspace };
}

/** Does one thing, in the commit of the run: what cannot be done undoes the rest. */
export function carryOut(
  tx: Transaction,
  { action, ...acting }: Acting & { readonly action: RuleAction },
): void {
  switch (action.do) {
    case 'emitEvent':
      emit(tx, { ...acting, action });
      break;
    case 'send':
    case 'createTask':
    case 'putKey':
      throw new BonafideError('UNSUPPORTED', 'This is still being built.');
  }
}

function emit(
  tx: Transaction,
  { action, rule, depth }: Acting & { readonly action: Extract<RuleAction, { do: 'emitEvent' }> },
): void {
  const { type, data } = action;
  const event = { type, data, source: rule.name, sender: rule.actor, depth: depth + 1 };
  tx.event({ type: WORKFLOW_EVENT, subject: newId(tx.nowMs), data: event });
}
