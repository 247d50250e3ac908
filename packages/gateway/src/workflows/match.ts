import { BonafideError } from '@bonafide/core/errors';
import { canonicalAddress, type RuleAction, ruleAction, type WorkflowRule } from '@bonafide/core/models';
import { matchesExactly } from '../glob.ts';
import { type Condition, compileCondition, type RuleEvent, type Verdict } from './condition.ts';
import { assertTemplates, fillTemplates, type Json } from './template.ts';

const MAX_COMPILED = 1000;
const compiled = new Map<string, Condition>();

/** Whether the rule acts on the event, and why. The source is compared with what the gateway stamped, never with what an event says. */
export function matchRule({ on }: Pick<WorkflowRule, 'on'>, event: RuleEvent): Verdict {
  const { eventType, source = '*', condition } = on;
  if (!matchesExactly(eventType, event.type)) {
    return { isMatch: false, reason: `The type ${event.type} does not fit ${eventType}.` };
  }
  if (!matchesExactly(canonicalPattern(source), event.source)) {
    return { isMatch: false, reason: `The source ${event.source} does not fit ${source}.` };
  }
  if (condition === undefined) return { isMatch: true, reason: 'Type and source fit.' };
  return conditionOf(condition)(event);
}

/** The actions with what the event fills in; VALIDATION_FAILED when that makes no action. */
export function fillActions(actions: readonly RuleAction[], event: RuleEvent): RuleAction[] {
  return actions.map((action) => {
    // An action came as JSON, and what it becomes is parsed again.
    const { success, data, error } = ruleAction.safeParse(fillTemplates(action as Json, event));
    if (success) return data;
    const [issue] = error.issues;
    const where = issue?.path.join('.') ?? '';
    throw new BonafideError(
      'VALIDATION_FAILED',
      `With this event ${action.do} is no action: ${where} ${issue?.message}.`,
    );
  });
}

/** VALIDATION_FAILED for a condition or a template that can never work. */
export function assertRule({ on, actions }: Pick<WorkflowRule, 'on' | 'actions'>): void {
  if (on.condition !== undefined) conditionOf(on.condition);
  for (const action of actions) assertTemplates(action as Json);
}

function conditionOf(text: string): Condition {
  const condition = compiled.get(text) ?? compileCondition(text);
  // The one that was used longest ago makes room.
  compiled.delete(text);
  compiled.set(text, condition);
  const [oldest] = compiled.keys();
  if (compiled.size > MAX_COMPILED && oldest !== undefined) compiled.delete(oldest);
  return condition;
}

/** A source may be written with dots, too; with a star it is compared as it is. */
function canonicalPattern(source: string): string {
  if (source.includes('*') || source.includes('::')) return source;
  try {
    return canonicalAddress(source);
  } catch {
    return source;
  }
}
