import type {
  Action,
  AgentRecord,
  Explanation,
  PolicyIssue,
  PolicyTestCase,
  Risk,
} from '@bonafide/core/models';
import type { JsonObject } from '../json.ts';
import type { Reader } from '../stores/store.ts';

export interface Question {
  readonly action: string;
  readonly requestedRisk?: Risk | undefined;
  readonly agent: AgentRecord;
  readonly parameters: JsonObject;
  readonly resource?: string | undefined;
}

export interface Decision {
  readonly status: 'approved' | 'denied' | 'pending';
  readonly risk: Risk;
  readonly reason: string;
  /** Id of the rule that decided. */
  readonly rule: string;
  readonly policyVersion: number;
  /** Only where the shadow policies would decide otherwise. */
  readonly shadow?: Action['shadow'];
}

/** Decides about an action of an agent of the reader's workspace. */
export type Decide = (reader: Reader, question: Question) => Decision;

export interface Rehearsal {
  readonly cases: readonly PolicyTestCase[];
  readonly cedar?: string | undefined;
}

/** How a case went. */
export interface Rehearsed extends Pick<Decision, 'status' | 'rule' | 'reason'> {
  readonly name: string;
  readonly expected: Decision['status'];
}

/** How this gateway decides. What strangers write is tried out beside it, where it can neither slow nor end a decision. */
export interface ActionPolicy extends AsyncDisposable {
  readonly decide: Decide;
  /** The same decision with everything that led to it; nothing is stored. */
  explain(reader: Reader, question: Question): Explanation;
  /** How each case would be decided, by the policies in force or by a text; VALIDATION_FAILED as `requireClean`. */
  rehearse(reader: Reader, asked: Rehearsal): Promise<Rehearsed[]>;
  lint(workspace: string, cedar: string): Promise<PolicyIssue[]>;
  /** VALIDATION_FAILED with line and column of each error. */
  requireClean(workspace: string, cedar: string): Promise<void>;
  /** What holds in every workspace: the defaults and the operator's policies. */
  readonly everywhere: string;
  /** How long a person has to answer, and how long an approved action may wait to be run. */
  readonly approvalTtlMs: number;
}
