import type { Risk } from '@bonafide/core/models';
import type { Decision } from '../actions/decide.ts';
import type { SourcedPolicy, Verdict } from './compile.ts';
import { DEFAULT_PREFIX, LOW_TRUST, MEDIUM_TRUST } from './defaults.ts';
import { ratedRisk, risksBetween } from './minimum-risk.ts';
import type { Situation } from './situation.ts';

/** Asks the policies; `approved` is whether a person said yes. */
export type Ask = (asked: { readonly risk: Risk; readonly approved: boolean }) => Verdict;

/** A decision without the policies it was made by. */
export type Judgement = Pick<Decision, 'status' | 'risk' | 'reason' | 'rule'>;
type Outcome = Omit<Judgement, 'risk'>;

const strictness = { approved: 0, pending: 1, denied: 2 } as const satisfies Record<
  Decision['status'],
  number
>;

/**
 * Decides. A risk above the minimum is also decided at each one below it and the strictest answer counts, so that no
 * policy, however written, rewards a caller for naming a higher risk.
 */
export function judge(situation: Situation, ask: Ask): Judgement {
  const { agentStatus, minimum, requestedRisk, driftedServer, formerKey } = situation;
  const risk = ratedRisk(minimum, requestedRisk);
  if (agentStatus !== 'active') {
    return { status: 'denied', risk, reason: `The agent is ${agentStatus}.`, rule: 'agent.status' };
  }
  if (formerKey !== undefined) {
    const reason = 'The agent that it is for was revoked, or has another key now.';
    return { status: 'denied', risk, reason, rule: 'peers.former-key' };
  }
  const outcomes = risksBetween(minimum.risk, risk).map((each) => weigh(situation, { risk: each, ask }));
  const outcome = outcomes.reduceRight((a, b) => (strictness[b.status] > strictness[a.status] ? b : a));
  if (outcome.status === 'approved' && driftedServer !== undefined) {
    const reason = `The MCP server ${driftedServer} changed since it was approved; a person decides until the change is.`;
    return { status: 'pending', risk, reason, rule: 'mcp.drift' };
  }
  return { risk, ...outcome };
}

function weigh(situation: Situation, { risk, ask }: { risk: Risk; ask: Ask }): Outcome {
  const alone = ask({ risk, approved: false });
  if (alone.isPermitted) return outcomeBy('approved', alone, 'A policy permits it.');
  const withPerson = ask({ risk, approved: true });
  if (!withPerson.isPermitted) {
    return outcomeBy('denied', withPerson, 'No policy permits it, even when a person approves.');
  }
  const [forbidding] = alone.determinedBy;
  if (forbidding) return outcomeBy('pending', alone, 'A policy wants a person to decide.');
  return { status: 'pending', reason: missing(situation, risk), rule: `${DEFAULT_PREFIX}${risk}` };
}

const verbs = { approved: 'permits it', pending: 'wants a person to decide', denied: 'forbids it' } as const;

function outcomeBy(status: Decision['status'], { determinedBy, failures }: Verdict, nobody: string): Outcome {
  const [policy] = determinedBy;
  if (!policy) return { status, reason: nobody, rule: `${DEFAULT_PREFIX}deny` };
  const failure = failures.find((each) => each.policy === policy);
  const reason = failure
    ? `The policy ${policy.id} forbids what it cannot check: ${failure.message}.`
    : reasonOf(policy, verbs[status]);
  return { status, reason, rule: policy.id };
}

function reasonOf({ id, reason }: SourcedPolicy, does: string): string {
  return reason ?? `The policy ${id} ${does}.`;
}

/** What keeps an action from running by itself, and what its agent can do about it. */
function missing({ trust, hasCapability, action }: Situation, risk: Risk): string {
  const lacksTrust = (needed: number): string =>
    `Risk ${risk} needs a trust of ${needed}, and the agent has ${trust.toFixed(2)}; a person decides until it has more.`;
  if (risk === 'low') return lacksTrust(LOW_TRUST);
  if (risk === 'medium' && hasCapability) return lacksTrust(MEDIUM_TRUST);
  if (risk === 'medium') {
    return `Medium risk needs a capability or a person. To run ${action} without one from now on, ask with capabilities.request.`;
  }
  return risk === 'high'
    ? 'High risk needs a person, unless a policy permits it.'
    : 'Critical risk always needs a person.';
}
