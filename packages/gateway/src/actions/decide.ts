import type { Action, AgentRecord, Risk } from '@bonafide/core/models';
import { operationList } from '@bonafide/core/operations';
import type { JsonObject } from '../json.ts';
import type { Reader } from '../stores/store.ts';

/** An operator's rule; `action` may hold `*` for any run of characters. */
export interface Rule {
  readonly action: string;
  readonly effect: 'allow' | 'ask' | 'deny';
  /** Raises the least risk of the actions it names. */
  readonly risk?: Risk | undefined;
  readonly reason?: string | undefined;
}

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

/** How this gateway decides. */
export interface ActionPolicy {
  readonly decide: Decide;
  /** How long a person has to answer, and how long an approved action may wait to be run. */
  readonly approvalTtlMs: number;
}

const ranks = { low: 0, medium: 1, high: 2, critical: 3 } as const satisfies Record<Risk, number>;

// What runs in Bonafide itself is rated by its definition; names are compared without case, so that spelling cannot dodge.
const operationRisks = new Map(
  operationList.map(({ id, risk }) => [id.toLowerCase(), risk === 'none' ? 'low' : risk] as const),
);

/** What an action is worth that neither the registry, nor a rule, nor the caller rates. */
const UNRATED: Risk = 'medium';

export function createDecide(rules: readonly Rule[]): Decide {
  const compiled = rules.map((rule) => ({ rule, pattern: toPattern(rule.action) }));
  return (_reader, { action, requestedRisk, agent }) => {
    const matching = compiled.filter(({ pattern }) => pattern.test(action)).map(({ rule }) => rule);
    const risk = rate(action, { matching, requestedRisk });
    const source = { rule: 'default', policyVersion: 0 };
    if (agent.status !== 'active')
      return { status: 'denied', risk, reason: 'The agent is revoked.', ...source };
    return { risk, ...weigh(risk, matching), ...source };
  };
}

function rate(
  action: string,
  { matching, requestedRisk }: { matching: readonly Rule[]; requestedRisk: Risk | undefined },
): Risk {
  const minimum = operationRisks.get(action.toLowerCase());
  const rated = [minimum, requestedRisk, ...matching.map((rule) => rule.risk)];
  const known = rated.filter((risk) => risk !== undefined);
  return known.length === 0 ? UNRATED : known.reduce((a, b) => (ranks[b] > ranks[a] ? b : a));
}

function weigh(risk: Risk, matching: readonly Rule[]): Pick<Decision, 'status' | 'reason'> {
  const find = (effect: Rule['effect']) => matching.find((rule) => rule.effect === effect);
  const deny = find('deny');
  if (deny) return { status: 'denied', reason: deny.reason ?? `A rule denies ${deny.action}.` };
  const ask = find('ask');
  if (ask)
    return { status: 'pending', reason: ask.reason ?? `A rule wants a person to decide on ${ask.action}.` };
  if (risk === 'critical') return { status: 'pending', reason: 'Critical risk always needs a person.' };
  if (risk !== 'high') return { status: 'approved', reason: `Risk ${risk} is approved for an active agent.` };
  const allow = find('allow');
  if (allow) return { status: 'approved', reason: allow.reason ?? `A rule allows ${allow.action}.` };
  return { status: 'pending', reason: 'High risk needs a person.' };
}

function toPattern(glob: string): RegExp {
  const parts = glob.split(/\*+/).map((part) => part.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i');
}
