import { BonafideError } from '@bonafide/core/errors';
import type { WorkflowRule } from '@bonafide/core/models';
import { newId } from '../ids.ts';
import type { Transaction } from '../ledger.ts';
import type { Place } from '../sessions/place.ts';
import type { Reader } from '../stores/store.ts';
import type { StoredRule } from '../stores/workflows.ts';
import { assertActions } from './actions.ts';
import { assertRule } from './match.ts';

/** Each is compared with every event of the workspace. */
const MAX_RULES = 500;
const MAX_ACTIONS_LENGTH = 65_536;

type RuleFields = Pick<WorkflowRule, 'name' | 'on' | 'actions' | 'isEnabled'>;

type RuleChanges = { readonly [Field in keyof RuleFields]?: RuleFields[Field] | undefined };

/** Makes a rule for what happens from now on, with the authority of whoever makes it. */
export function createRule(
  tx: Transaction,
  { owner, ...fields }: RuleFields & { owner: Place },
): WorkflowRule {
  const { workspace, tables } = tx;
  if (tables.workflowRules.getCount(workspace) >= MAX_RULES) {
    throw new BonafideError('LIMIT_EXCEEDED', `A workspace has at most ${MAX_RULES} rules.`);
  }
  assertAllowed(tx, { ...fields, owner });
  const ruleId = newId(tx.nowMs);
  recordRule(tx, { ruleId, ...fields, event: 'workflow.ruleCreated' });
  const sinceEvent = tables.events.getBounds().newest;
  const rule: StoredRule = {
    ...{ ruleId, workspace, ...fields, createdBy: tx.actor, owner: owner.name, sinceEvent },
    ...{ createdAt: tx.now, updatedAt: tx.now, runs: 0, minute: 0, runsInMinute: 0 },
  };
  tables.workflowRuns.begin(sinceEvent);
  tables.workflowRules.insert(rule);
  return presentRule(rule);
}

/** Replaces what is given. A rule with another trigger, or one that is switched on, acts on what happens from now on. */
export function updateRule(
  tx: Transaction,
  { ruleId, owner, ...changes }: RuleChanges & { ruleId: string; owner: Place },
): WorkflowRule {
  const { lastError: _, ...before } = getRule(tx, ruleId);
  const { name = before.name, on = before.on, actions = before.actions } = changes;
  const { isEnabled = before.isEnabled } = changes;
  const fields = { name, on, actions, isEnabled };
  assertAllowed(tx, { ...fields, owner });
  recordRule(tx, { ruleId, ...fields, event: 'workflow.ruleUpdated' });
  const isNewTrigger = changes.on !== undefined || (isEnabled && !before.isEnabled);
  const sinceEvent = isNewTrigger ? tx.tables.events.getBounds().newest : before.sinceEvent;
  const rule: StoredRule = {
    ...{ ...before, ...fields, sinceEvent },
    ...{ createdBy: tx.actor, owner: owner.name, updatedAt: tx.now },
  };
  tx.tables.workflowRules.update(rule);
  return presentRule(rule);
}

/** False when there is no such rule; deleting again changes nothing. */
export function deleteRule(tx: Transaction, ruleId: string): boolean {
  const rule = tx.tables.workflowRules.get({ workspace: tx.workspace, id: ruleId });
  if (!rule) return false;
  tx.tables.workflowRules.remove({ workspace: tx.workspace, id: ruleId });
  recordRule(tx, { ...rule, event: 'workflow.ruleDeleted' });
  return true;
}

/** Without bookkeeping. */
export function presentRule(rule: StoredRule): WorkflowRule {
  const { workspace: _, owner: _owner, sinceEvent: _since, minute: _minute, runsInMinute, ...shown } = rule;
  return shown;
}

function getRule({ tables, workspace }: Reader, ruleId: string): StoredRule {
  const rule = tables.workflowRules.get({ workspace, id: ruleId });
  if (rule) return rule;
  throw new BonafideError('NOT_FOUND', `There is no rule ${ruleId}.`);
}

function assertAllowed(tx: Transaction, { owner, ...rule }: RuleFields & { readonly owner: Place }): void {
  if (JSON.stringify(rule.actions).length > MAX_ACTIONS_LENGTH) {
    throw new BonafideError('LIMIT_EXCEEDED', `The actions have at most ${MAX_ACTIONS_LENGTH} characters.`);
  }
  assertRule(rule);
  assertActions(tx, { owner, actions: rule.actions });
}

function recordRule(
  tx: Transaction,
  { ruleId, name, on, actions, isEnabled, event }: RuleFields & { ruleId: string; event: string },
): void {
  const does = actions.map((action) => action.do);
  tx.record({ type: event, subject: ruleId, data: { ruleId, name, on: toJson(on), does, isEnabled } });
}

function toJson({ eventType, source, condition }: WorkflowRule['on']) {
  return {
    eventType,
    ...(source === undefined ? {} : { source }),
    ...(condition === undefined ? {} : { condition }),
  };
}
