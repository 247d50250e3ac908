import { type PolicyIssue, risk as riskSchema } from '@bonafide/core/models';
import { canonicalName } from '../glob.ts';
import { DEFAULT_PREFIX } from './defaults.ts';
import { type Mentions, mentionsOf } from './mentions.ts';
import type { NamedPolicy } from './parse.ts';

interface Suspicion extends Pick<PolicyIssue, 'severity' | 'message' | 'help'> {
  readonly policy: NamedPolicy;
}

/** What is wrong with policies beyond their types, or wider than their author may think. */
export function suspicionsOf(policies: readonly NamedPolicy[]): Suspicion[] {
  return policies.flatMap((policy, index) => {
    const mentions = mentionsOf([policy.json]);
    const isRepeated = policies.findIndex(({ id }) => id === policy.id) < index;
    const found = [
      ...nameIssues(policy, isRepeated),
      ...(mentions.takesWhole ? [WHOLE] : []),
      ...reachIssues(policy, mentions),
      ...literalIssues(policy.json),
    ];
    return found.map((issue) => ({ ...issue, policy }));
  });
}

type Finding = Omit<Suspicion, 'policy'>;

const WHOLE: Finding = {
  severity: 'error',
  message: 'context.parameters can only be used parameter by parameter.',
  help: 'write context.parameters has amount && context.parameters.amount > 100',
};

function nameIssues({ id, hasId }: NamedPolicy, isRepeated: boolean): Finding[] {
  if (!hasId) {
    const help = 'write @id("refunds-need-a-person") above it: decisions name the policy by it';
    return [{ severity: 'warning', message: 'The policy has no @id.', help }];
  }
  if (isRepeated) return [{ severity: 'error', message: `Two policies have the id ${id}.` }];
  if (canonicalName(id).startsWith(DEFAULT_PREFIX)) {
    return [{ severity: 'error', message: `Ids that start with ${DEFAULT_PREFIX} belong to the defaults.` }];
  }
  return /^[\w.:-]{1,100}$/.test(id)
    ? []
    : [{ severity: 'error', message: 'An @id has 1-100 letters, digits, or . : _ -' }];
}

function reachIssues({ effect, json }: NamedPolicy, { attributes }: Mentions): Finding[] {
  const isEverybody =
    json.principal.op === 'All' && json.resource.op === 'All' && json.conditions.length === 0;
  if (effect === 'forbid') {
    return isEverybody ? [{ severity: 'warning', message: 'Forbids every action of every agent.' }] : [];
  }
  const namesAction = [...attributes].some((name) => name.startsWith('resource'));
  if (namesAction) return [];
  return [
    {
      severity: 'warning',
      message: isEverybody
        ? 'Permits every agent every action up to high risk without a person: deleting and paying, too.'
        : 'Names no action, so it permits all up to high risk that its conditions let through: deleting and paying, too.',
      help: 'add a condition on resource, such as resource.name like "reports.*"',
    },
  ];
}

/** Names are compared in small letters, and there are four risks: other text never matches. */
function literalIssues(json: unknown): Finding[] {
  if (typeof json !== 'object' || json === null) return [];
  const own = Object.entries(json).flatMap(([key, value]) => [
    ...(key === 'entity' || key === '__entity' ? entityIssues(value) : []),
    ...(key === '==' || key === '!=' ? comparisonIssues(value) : []),
    ...(key === 'like' ? patternIssues(value) : []),
  ]);
  return [...own, ...Object.values(json).flatMap(literalIssues)];
}

interface Comparison {
  readonly left?: unknown;
  readonly right?: unknown;
}

function comparisonIssues({ left, right }: Comparison): Finding[] {
  const [path, literal] = [left, right].map((side) => JSON.stringify(side)) as [string, string];
  const text = [left, right]
    .map((side) => (side as { Value?: unknown }).Value)
    .find((each) => typeof each === 'string');
  if (typeof text !== 'string') return [];
  const compares = (attribute: string): boolean => path === attribute || literal === attribute;
  if (compares(RISK) && !riskSchema.safeParse(text).success) {
    return [
      {
        severity: 'error',
        message: `There is no risk ${JSON.stringify(text)}.`,
        help: riskSchema.options.join(', '),
      },
    ];
  }
  return compares(NAME) ? capitalIssues(text) : [];
}

function patternIssues({ left, pattern }: { left?: unknown; pattern?: readonly unknown[] }): Finding[] {
  if (JSON.stringify(left) !== NAME || !pattern) return [];
  return capitalIssues(
    pattern.map((part) => (typeof part === 'object' ? Object.values(part ?? {}).join('') : '*')).join(''),
  );
}

function entityIssues(value: { type?: unknown; id?: unknown }): Finding[] {
  return value.type === 'Operation' && typeof value.id === 'string' ? capitalIssues(value.id) : [];
}

function capitalIssues(text: string): Finding[] {
  if (canonicalName(text) === text) return [];
  const message = `Action names are compared in small letters: ${JSON.stringify(text)} never matches.`;
  return [{ severity: 'error', message, help: `write ${JSON.stringify(canonicalName(text))}` }];
}

const RISK = JSON.stringify({ '.': { left: { Var: 'context' }, attr: 'risk' } });
const NAME = JSON.stringify({ '.': { left: { Var: 'resource' }, attr: 'name' } });
