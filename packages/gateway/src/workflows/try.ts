import { BonafideError } from '@bonafide/core/errors';
import {
  canonicalAddress,
  type RuleAction,
  type WorkflowEvent,
  type WorkflowRule,
} from '@bonafide/core/models';
import type { Place } from '../sessions/place.ts';
import { assertRule, fillActions, matchRule } from './match.ts';

/** Rehearses a rule on an event of this sender, by default the caller itself: nothing is done. */
export function tryRule(
  { workspace, name }: Place,
  {
    rule,
    event: { type, data, source = name },
  }: {
    readonly rule: Pick<WorkflowRule, 'on' | 'actions'>;
    readonly event: WorkflowEvent & { readonly source?: string | undefined };
  },
): { isMatch: boolean; reason: string; actions: RuleAction[] } {
  assertRule(rule);
  const event = { type, data, source: canonicalAddress(source), workspace };
  const { isMatch, reason } = matchRule(rule, event);
  if (!isMatch) return { isMatch, reason, actions: [] };
  try {
    return { isMatch, reason, actions: fillActions(rule.actions, event) };
  } catch (error) {
    if (!BonafideError.is(error)) throw error;
    return { isMatch, reason: `${reason} But nothing would be done: ${error.message}`, actions: [] };
  }
}
