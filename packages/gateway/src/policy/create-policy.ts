import type { Explanation } from '@bonafide/core/models';
import type { ActionPolicy, Decision, Question } from '../actions/decide.ts';
import type { Reader } from '../stores/store.ts';
import { createAttempt, refusal, type Trouble } from './attempt.ts';
import type { Verdict } from './compile.ts';
import { defaultPolicies } from './defaults.ts';
import { createEngine } from './engine.ts';
import { type Ask, type Judgement, judge } from './judge.ts';
import { requireCleanPolicies } from './lint.ts';
import { rehearsedSituation } from './rehearsed-situation.ts';
import { createSandbox } from './sandbox/sandbox.ts';
import { headsOf } from './sets.ts';
import { type Situation, situationOf } from './situation.ts';

export interface ActionPolicyOptions {
  /** Cedar text in force in every workspace. */
  readonly operatorPolicy: string;
  readonly approvalTtlMs: number;
  readonly now: () => number;
  readonly onTrouble?: (trouble: Trouble) => void;
}

/** Few enough for the time limit with the longest text; between them others have their turn. */
const CASES_AT_ONCE = 20;

/** How a gateway decides; VALIDATION_FAILED when the operator's policies have errors. */
export async function createActionPolicy({
  operatorPolicy,
  approvalTtlMs,
  now,
  onTrouble = () => {},
}: ActionPolicyOptions): Promise<ActionPolicy> {
  const engine = createEngine({
    operatorPolicy,
    onEnd: (error) => onTrouble({ kind: 'engine.ended', error }),
  });
  const sandbox = createSandbox({
    operatorPolicy,
    onReplace: (error, workspace) => onTrouble({ kind: 'sandbox.replaced', error, workspace }),
  });
  const everywhere = operatorPolicy.trim() === '' ? defaultPolicies : `${defaultPolicies}\n${operatorPolicy}`;
  const attempt = createAttempt({ engine, now, onTrouble });
  const situationNow = (reader: Reader, question: Question) =>
    situationOf(reader, question, new Date(now()).toISOString());
  const lint: ActionPolicy['lint'] = (workspace, cedar) =>
    sandbox.run(workspace, { kind: 'lint', input: { cedar } });
  return {
    ...{ approvalTtlMs, everywhere, lint },
    async requireClean(workspace, text) {
      requireCleanPolicies(await lint(workspace, text), 'cedar');
    },
    decide(reader, question) {
      const situation = situationNow(reader, question);
      const { enforced, shadow } = headsOf(reader);
      const work = (ask: Ask): Judgement => judge(situation, ask);
      const judgement = attempt({ reader, head: enforced, situation }, work) ?? refusal(situation, enforced);
      const policyVersion = enforced?.version ?? 0;
      const tried = shadow && attempt({ reader, head: shadow, situation }, work);
      return {
        ...judgement,
        policyVersion,
        ...(tried && differs(judgement, { ...tried, version: shadow.version })),
      };
    },
    explain(reader, question) {
      const situation = situationNow(reader, question);
      const { enforced } = headsOf(reader);
      const policyVersion = enforced?.version ?? 0;
      return (
        attempt({ reader, head: enforced, situation }, (ask) =>
          explanationOf(situation, { ...judge(situation, ask), policyVersion }, ask),
        ) ?? explanationOf(situation, { ...refusal(situation, enforced), policyVersion })
      );
    },
    async rehearse(reader, { cases, cedar }) {
      // All that is read is read before anything is waited for.
      const situations = cases.map((each) => rehearsedSituation(reader, each, situationNow));
      const text = cedar ?? textInForce(reader);
      if (cedar !== undefined) requireCleanPolicies(await lint(reader.workspace, cedar), 'cedar');
      const judgements: Judgement[] = [];
      for (let from = 0; from < situations.length; from += CASES_AT_ONCE) {
        const input = { cedar: text, situations: situations.slice(from, from + CASES_AT_ONCE) };
        judgements.push(...(await sandbox.run(reader.workspace, { kind: 'rehearse', input })));
      }
      return cases.map(({ name, expect }, index) => {
        const { status, rule, reason } = judgements[index] as Judgement;
        return { name, expected: expect, status, rule, reason };
      });
    },
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  };
}

function textInForce(reader: Reader): string {
  const { enforced } = headsOf(reader);
  return (enforced && reader.tables.policies.get(reader.workspace, enforced.version)?.cedar) ?? '';
}

function differs(
  { status }: Pick<Decision, 'status'>,
  shadow: Pick<Decision, 'status' | 'rule'> & { readonly version: number },
): Pick<Decision, 'shadow'> {
  if (shadow.status === status) return {};
  return { shadow: { version: shadow.version, status: shadow.status, rule: shadow.rule } };
}

/** Without evaluations when the policies cannot be asked. */
function explanationOf(situation: Situation, decision: Decision, ask?: Ask): Explanation {
  const { agentId, agentStatus, trust, requestedRisk, capabilityId, minimum } = situation;
  return {
    ...decision,
    ...{ agentId, agentStatus, trust, minimumRisk: minimum.risk, minimumRiskFrom: minimum.from },
    ...(requestedRisk === undefined ? {} : { requestedRisk }),
    ...(capabilityId === undefined ? {} : { capabilityId }),
    evaluations: ask
      ? [false, true].map((approved) => ({
          approved,
          ...presentVerdict(ask({ risk: decision.risk, approved })),
        }))
      : [],
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
