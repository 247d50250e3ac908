import { BonafideError } from '@bonafide/core/errors';
import {
  accessLevels,
  type MessageKind,
  parseAddress,
  type RuleAction,
  workspaceOfAddress,
} from '@bonafide/core/models';
import { assertLevel, type Resource } from '../acl/access.ts';
import { newId } from '../ids.ts';
import { findNamespace } from '../kv/namespace.ts';
import { putKey } from '../kv/write.ts';
import type { Transaction } from '../ledger.ts';
import { assertMaySend, assertOwnKind } from '../messages/permissions.ts';
import { putMessage } from '../messages/put.ts';
import { routeOf } from '../messages/route.ts';
import { parseWorkflowEvent, WORKFLOW_EVENT } from '../messages/workflow-events.ts';
import type { Place } from '../sessions/place.ts';
import { createTask } from '../tasks/create.ts';

type ActionOf<Do extends RuleAction['do']> = Extract<RuleAction, { readonly do: Do }>;

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
    if (action.do === 'send') assertOwnKind(action.kind);
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
    case 'send':
      send(tx, { ...acting, ...action, body: JSON.stringify(action.body) });
      break;
    case 'createTask':
      startTask(tx, acting, action);
      break;
    case 'putKey':
      putValue(tx, { ...acting, action });
      break;
    case 'emitEvent':
      emit(tx, { ...acting, action });
      break;
  }
}

interface Outgoing extends Acting {
  readonly to: string;
  readonly kind: MessageKind;
  /** As JSON. */
  readonly body: string;
}

function send(tx: Transaction, { rule, to, kind, body }: Outgoing): string {
  const address = parseAddress(to);
  assertMaySend(rule.address.type, address.type);
  const route = routeOf(address, tx.workspace);
  const sender = { workspace: tx.workspace, address: rule.name };
  return putMessage(tx, { sender, route, messageId: newId(tx.nowMs), kind, body }).messageId;
}

function startTask(tx: Transaction, { rule }: Acting, { do: _, ...input }: ActionOf<'createTask'>): void {
  createTask(tx, rule, { ...input, mode: input.target === undefined ? 'pool' : 'targeted' });
}

function putValue(tx: Transaction, { action, rule, owner }: Acting & { action: ActionOf<'putKey'> }): void {
  const { key, value } = action;
  const asked = { place: { scope: 'workspace' }, operation: 'kv.put', nowMs: tx.nowMs } as const;
  const namespace = findNamespace(tx.tables, owner, asked);
  namespace.assert(key, accessLevels.readwrite);
  putKey(tx, { namespace: namespace.name, key, value: JSON.stringify(value), writer: rule.name });
}

/** To workflow engines as a message, and to rules with how deep it is. */
function emit(tx: Transaction, { action, ...acting }: Acting & { action: ActionOf<'emitEvent'> }): void {
  const { type, data } = action;
  const body = JSON.stringify({ type, data });
  parseWorkflowEvent(body);
  const subject = send(tx, { ...acting, to: `event::${tx.workspace}`, kind: 'event', body });
  const { name: source, actor: sender } = acting.rule;
  const event = { type, data, source, sender, depth: acting.depth + 1 };
  tx.event({ type: WORKFLOW_EVENT, subject, data: event });
}
