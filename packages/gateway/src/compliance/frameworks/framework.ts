import type { Control, ControlEvidence } from '@bonafide/core/models';
import { type Check, type CheckName, checks, type EvidenceSet } from '../checks.ts';

/** A control of a framework: what is checked of it, and what no log can show. */
export interface ControlDefinition {
  readonly id: string;
  readonly title: string;
  readonly checks: readonly CheckName[];
  readonly limits: string;
  /** `onlyGaps`: what is checked is too little to call it met; a failed check is still a gap. */
  readonly verdicts: 'all' | 'onlyGaps';
}

export interface Framework {
  readonly title: string;
  readonly controls: readonly ControlDefinition[];
}

type Outcome = 'passed' | 'failed' | 'nothing';

/** Judges a control by the evidence alone. */
export function assessControl(definition: ControlDefinition, evidence: EvidenceSet): Control {
  const { id, title, limits } = definition;
  const results = definition.checks.map((name) => {
    const check: Check = checks[name];
    return { check, outcome: outcomeOf(check, evidence) };
  });
  const outcomes = results.map(({ outcome }) => outcome);
  const verdict = verdictOf(definition, outcomes);
  return {
    ...{ id, title, verdict, limits },
    reason: reasonOf(definition, { verdict, results }),
    evidence: evidenceOf(definition, evidence),
  };
}

function outcomeOf({ shownBy, refutedBy }: Check, evidence: EvidenceSet): Outcome {
  if (refutedBy.some((name) => evidence[name].count > 0)) return 'failed';
  return shownBy.some((name) => evidence[name].count > 0) ? 'passed' : 'nothing';
}

function verdictOf({ verdicts }: ControlDefinition, outcomes: readonly Outcome[]): Control['verdict'] {
  if (outcomes.includes('failed')) return 'gap';
  return verdicts === 'all' && outcomes.includes('passed') ? 'met' : 'notAssessed';
}

interface Result {
  readonly check: Check;
  readonly outcome: Outcome;
}

function reasonOf(
  { checks: names, verdicts, limits }: ControlDefinition,
  { verdict, results }: { verdict: Control['verdict']; results: readonly Result[] },
): string {
  const criteria = (wanted: Outcome) =>
    results.flatMap(({ check, outcome }) => (outcome === wanted ? [check.criterion] : [])).join(' ');
  const unseen = criteria('nothing');
  const rest = unseen === '' ? '' : ` Nothing in the period to tell by: ${unseen}`;
  if (verdict === 'gap') return `Does not hold: ${criteria('failed')}`;
  if (verdict === 'met') return `Holds: ${criteria('passed')}${rest}`;
  if (names.length === 0) return `Not known to this software: ${limits}`;
  if (verdicts === 'all') return `Nothing happened in the period to tell by.${rest}`;
  const held = criteria('passed');
  return `${held === '' ? '' : `Holds: ${held} `}That alone does not meet the control: ${limits}`;
}

function evidenceOf({ checks: names }: ControlDefinition, evidence: EvidenceSet): ControlEvidence[] {
  const used = names.flatMap((name) => [...checks[name].shownBy, ...checks[name].refutedBy]);
  return [...new Set(used)].map((name) => evidence[name]);
}
