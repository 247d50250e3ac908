import type { PolicyIssue } from '@bonafide/core/models';
import type { Cedar } from '../cedar.ts';
import type { PolicySet } from '../compile.ts';
import { evaluate } from '../evaluate.ts';
import { type Judgement, judge } from '../judge.ts';
import { lintPolicies } from '../lint.ts';
import { createPolicySets } from '../sets.ts';
import type { Situation } from '../situation.ts';

/** What is done with texts of strangers; question and answer are plain data. */
export interface Tasks {
  lint(asked: { readonly cedar: string }): PolicyIssue[];
  /** Decides each situation as if the text were in force. */
  rehearse(asked: { readonly cedar: string; readonly situations: readonly Situation[] }): Judgement[];
}

export function createTasks(cedar: Cedar, operatorPolicy: string): Tasks {
  const sets = createPolicySets(cedar, operatorPolicy);
  let last: { readonly text: string; readonly set: PolicySet } | undefined;
  // The engine holds one candidate; the many questions about it come one after the other.
  const candidateOf = (text: string): PolicySet => {
    if (last?.text !== text) last = { text, set: sets.ofCandidate(text) };
    return last.set;
  };
  const rehearse: Tasks['rehearse'] = ({ cedar: text, situations }) => {
    const set = candidateOf(text);
    return situations.map((situation) =>
      judge(situation, (rating) => evaluate(cedar, { set, asked: { ...situation, ...rating } })),
    );
  };
  return {
    rehearse,
    lint({ cedar: text }) {
      const issues = lintPolicies(cedar, text);
      // What is clean is also put in force here once: should that end the engine, then this one.
      if (!issues.some(({ severity }) => severity === 'error')) candidateOf(text);
      return issues;
    },
  };
}
