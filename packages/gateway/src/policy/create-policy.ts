import type { Explanation, PolicyTestCase } from '@bonafide/core/models';
import type { ActionPolicy, Decision, Question } from '../actions/decide.ts';
import { getAgent } from '../agents/agents.ts';
import { covers } from '../capabilities/covers.ts';
import type { Reader } from '../stores/store.ts';
import { loadCedar } from './cedar.ts';
import type { PolicySet, Verdict } from './compile.ts';
import { defaultPolicies } from './defaults.ts';
import { evaluate } from './evaluate.ts';
import { type Ask, judge } from './judge.ts';
import { lintPolicies, requireCleanPolicies } from './lint.ts';
import { createPolicySets } from './sets.ts';
import { placeOf, type Situation, situationOf } from './situation.ts';

export interface ActionPolicyOptions {
  /** Cedar text in force in every workspace. */
  readonly operatorPolicy: string;
  readonly approvalTtlMs: number;
  readonly now: () => number;
}

/** The trust of an agent that a test case makes up. */
const MADE_UP_TRUST = 0.75;

/** How a gateway decides; VALIDATION_FAILED when the operator's policies have errors. */
export async function createActionPolicy({
  operatorPolicy,
  approvalTtlMs,
  now,
}: ActionPolicyOptions): Promise<ActionPolicy> {
  const cedar = await loadCedar();
  requireCleanPolicies(cedar, { text: operatorPolicy, path: 'policy' });
  const sets = createPolicySets(cedar, operatorPolicy);
  const asking = (set: PolicySet, situation: Situation): Ask => {
    return ({ risk, approved }) => evaluate(cedar, { set, asked: { ...situation, risk, approved } });
  };
  const situationNow = (reader: Reader, question: Question) =>
    situationOf(reader, question, new Date(now()).toISOString());
  return {
    approvalTtlMs,
    everywhere: operatorPolicy.trim() === '' ? defaultPolicies : `${defaultPolicies}\n${operatorPolicy}`,
    lint: (text) => lintPolicies(cedar, text),
    requireClean: (text) => requireCleanPolicies(cedar, { text, path: 'cedar' }),
    decide(reader, question) {
      const situation = situationNow(reader, question);
      const { enforced, shadow } = sets.of(reader);
      const judgement = judge(situation, asking(enforced.set, situation));
      return {
        ...judgement,
        policyVersion: enforced.version,
        ...(shadow &&
          differs(judgement, {
            ...judge(situation, asking(shadow.set, situation)),
            version: shadow.version,
          })),
      };
    },
    explain(reader, question) {
      const situation = situationNow(reader, question);
      const { set, version } = sets.of(reader).enforced;
      const ask = asking(set, situation);
      return explanationOf(situation, { ...judge(situation, ask), policyVersion: version }, ask);
    },
    rehearse(reader, { cases, cedar: text }) {
      const set = text === undefined ? sets.of(reader).enforced.set : sets.ofCandidate(text);
      return cases.map((each) => {
        const situation = rehearsedSituation(reader, each, situationNow);
        const { status, rule, reason } = judge(situation, asking(set, situation));
        return { name: each.name, expected: each.expect, status, rule, reason };
      });
    },
  };
}

function differs(
  { status }: Pick<Decision, 'status'>,
  shadow: Pick<Decision, 'status' | 'rule'> & { readonly version: number },
): Pick<Decision, 'shadow'> {
  if (shadow.status === status) return {};
  return { shadow: { version: shadow.version, status: shadow.status, rule: shadow.rule } };
}

function explanationOf(situation: Situation, decision: Decision, ask: Ask): Explanation {
  const { agentId, agentStatus, trust, requestedRisk, capabilityId, minimum } = situation;
  return {
    ...decision,
    ...{ agentId, agentStatus, trust, minimumRisk: minimum.risk, minimumRiskFrom: minimum.from },
    ...(requestedRisk === undefined ? {} : { requestedRisk }),
    ...(capabilityId === undefined ? {} : { capabilityId }),
    evaluations: [false, true].map((approved) => ({
      approved,
      ...presentVerdict(ask({ risk: decision.risk, approved })),
    })),
  };
}

function presentVerdict({
  isPermitted,
  determinedBy,
  failures,
}: Verdict): Omit<Explanation['evaluations'][number], 'approved'> {
  return {
    isPermitted,
    determinedBy: determinedBy.map(({ id }) => id),
    errors: failures.map(({ policy, message }) => `${policy.id}: ${message}`),
  };
}

/** An agent of the workspace, or one that is made up; what the case says of it comes first. */
function rehearsedSituation(
  reader: Reader,
  { agentId, agentType, trust, capabilities, action, risk, parameters = {}, resource }: PolicyTestCase,
  situationNow: (reader: Reader, question: Question) => Situation,
): Situation {
  const agent = agentId === undefined ? undefined : getAgent(reader, agentId);
  const question = { action, parameters, resource, requestedRisk: risk };
  const known = agent
    ? situationNow(reader, { ...question, agent })
    : { ...madeUp, ...question, ...placeOf(reader, { action, resource }), parameters };
  return {
    ...known,
    ...(agentType === undefined ? {} : { agentType }),
    ...(trust === undefined ? {} : { trust }),
    ...(capabilities === undefined
      ? {}
      : {
          capabilities,
          hasCapability: capabilities.some((capability) => covers({ capability }, { action })),
        }),
  };
}

const madeUp = {
  ...{ agentId: '00000000-0000-7000-8000-000000000000', agentName: 'made-up', agentType: 'ai_agent' },
  ...{ agentStatus: 'active' as const, trust: MADE_UP_TRUST },
  ...{ capabilities: [], hasCapability: false, capabilityId: undefined },
};
