import type { BonafideError } from '@bonafide/core/errors';
import type { RuleAction } from '@bonafide/core/models';
import { raiseAlert } from '../alerts/raise.ts';
import type { JsonObject } from '../json.ts';
import type { Transaction } from '../ledger.ts';
import type { StoredEvent } from '../stores/store.ts';
import type { StoredRule } from '../stores/workflows.ts';
import { MINUTE_MS } from '../time.ts';
import { assertActions, carryOut } from './actions.ts';
import { ownerOfRule, placeOfRule } from './authority.ts';
import type { RuleEvent } from './condition.ts';
import { fillActions, matchRule } from './match.ts';

/** An event of a rule that started on an event of a rule, and so on: deeper than this it is a loop. */
export const MAX_DEPTH = 8;
/** Of one rule; what comes beyond is told, not done. */
export const MAX_RUNS_PER_MINUTE = 600;
const MAX_ERROR_LENGTH = 500;

/** An event for rules, as the stream has it. */
export interface Happening {
  readonly id: number;
  readonly event: RuleEvent;
  /** How many rules lie between it and what somebody did. */
  readonly depth: number;
}

interface Run {
  readonly ruleId: string;
  readonly happening: Happening;
}

/** What the stream has, as rules see it; `source` and `depth` were written by the gateway. */
export function readHappening({ id, workspace, data }: StoredEvent & { readonly id: number }): Happening {
  const { type, source, data: inner, depth } = data;
  return {
    id,
    depth: typeof depth === 'number' ? depth : 0,
    event: { type: String(type), source: String(source), workspace, data: inner as JsonObject },
  };
}

/** Carries a rule out for an event, unless that has been done. With its actions it is written that it was: both or neither. */
export function runRule(tx: Transaction, run: Run): void {
  const { happening } = run;
  const rule = claimRun(tx, run);
  if (!rule) return;
  if (happening.depth >= MAX_DEPTH && rule.actions.some(isEmission)) {
    endLoop(tx, { rule, happening });
    return;
  }
  const minute = Math.floor(tx.nowMs / MINUTE_MS);
  const runsInMinute = rule.minute === minute ? rule.runsInMinute + 1 : 1;
  if (runsInMinute > MAX_RUNS_PER_MINUTE) {
    holdBack(tx, { rule, happening });
    return;
  }
  const owner = ownerOfRule(tx, rule);
  const actions = fillActions(rule.actions, happening.event);
  assertActions(tx, { owner, actions });
  const acting = { rule: placeOfRule(rule), owner, depth: happening.depth };
  for (const action of actions) carryOut(tx, { ...acting, action });
  const runs = rule.runs + 1;
  tx.tables.workflowRules.update({ ...rule, minute, runsInMinute, runs, lastRunAt: tx.now });
}

/** Writes why nothing was done for the event; it is not tried again. */
export function noteFailure(
  tx: Transaction,
  { error, ...run }: Run & { readonly error: BonafideError },
): void {
  const rule = claimRun(tx, run);
  if (rule) writeError(tx, { rule, happening: run.happening, why: error.message });
}

/** The rule as it is now, when it acts on the event and has not yet. */
function claimRun(tx: Transaction, { ruleId, happening }: Run): StoredRule | undefined {
  const rule = tx.tables.workflowRules.get({ workspace: tx.workspace, id: ruleId });
  if (!rule?.isEnabled || rule.sinceEvent >= happening.id) return undefined;
  if (!matchRule(rule, happening.event).isMatch) return undefined;
  return tx.tables.workflowRuns.claim({ ruleId, eventId: happening.id }) ? rule : undefined;
}

function isEmission(action: RuleAction): boolean {
  return action.do === 'emitEvent';
}

interface Stop {
  readonly rule: StoredRule;
  readonly happening: Happening;
}

function endLoop(tx: Transaction, { rule, happening }: Stop): void {
  const why = `It was started by events of rules ${MAX_DEPTH} deep, which is a loop. It is switched off.`;
  writeError(tx, { rule: { ...rule, isEnabled: false }, happening, why });
  tx.record({ type: 'workflow.ruleDisabled', subject: rule.ruleId, data: { ruleId: rule.ruleId, why } });
  tellPeople(tx, { rule, title: `A workflow rule started itself and was switched off: ${rule.name}` });
}

function holdBack(tx: Transaction, { rule, happening }: Stop): void {
  const why = `It ran ${MAX_RUNS_PER_MINUTE} times in a minute; for this event nothing was done.`;
  writeError(tx, { rule, happening, why });
  tellPeople(tx, { rule, title: `A workflow rule has too many events: ${rule.name}` });
}

function writeError(tx: Transaction, { rule, happening, why }: Stop & { readonly why: string }): void {
  const lastError = `${tx.now}, event ${happening.event.type} (${happening.id}): ${why}`;
  tx.tables.workflowRules.update({ ...rule, lastError: lastError.slice(0, MAX_ERROR_LENGTH) });
}

function tellPeople(tx: Transaction, { rule, title }: { rule: StoredRule; title: string }): void {
  const { ruleId, name } = rule;
  raiseAlert(tx, {
    type: 'workflow.failing',
    severity: 'warning',
    subject: ruleId,
    title,
    data: { ruleId, name },
  });
}
