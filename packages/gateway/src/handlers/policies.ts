import { BonafideError, ValidationError } from '@bonafide/core/errors';
import type { Question } from '../actions/decide.ts';
import { getAction } from '../actions/state.ts';
import { getAgent } from '../agents/agents.ts';
import type { Context } from '../context.ts';
import { NUMBERS, readPage } from '../paging.ts';
import { getPolicy, putPolicy } from '../policy/policies.ts';
import { testPolicies } from '../policy/rehearse.ts';
import type { HandlersOf, IdsOf } from './types.ts';

type PolicyHandlers = HandlersOf<IdsOf<'policies'>>;

export const policyHandlers: PolicyHandlers = {
  'policies.get': async ({ read: tables, workspace, services }, wanted) =>
    getPolicy({ tables, workspace }, { ...wanted, everywhere: services.policy.everywhere }),
  'policies.list': async ({ read, workspace }, input) =>
    readPage({
      input,
      read: ({ beyond, limit }) =>
        read.policies.list(workspace, { before: beyond === undefined ? undefined : Number(beyond), limit }),
      keyOf: ({ version }) => String(version),
      keys: NUMBERS,
    }),
  'policies.put': async (context, change) => {
    context.services.policy.requireClean(change.cedar);
    return context.commit((tx) => putPolicy(tx, change));
  },
  'policies.lint': async ({ services }, { cedar }) => {
    const issues = services.policy.lint(cedar);
    return { isValid: issues.every(({ severity }) => severity !== 'error'), issues };
  },
  'policies.test': async (context, { cedar, cases }) => {
    const { read: tables, workspace, services } = context;
    for (const { agentId } of cases) requireVisible(context, agentId);
    return testPolicies({ tables, workspace }, { policy: services.policy, cedar, cases });
  },
  'policies.explain': async (context, asked) => {
    const { read: tables, workspace, services } = context;
    return services.policy.explain({ tables, workspace }, questionOf(context, asked));
  },
};

type Asked = Parameters<PolicyHandlers['policies.explain']>[1];

/** A past action as it was asked, or the question the caller makes up. */
function questionOf(
  context: Context,
  { actionId, agentId, action, parameters, risk, resource }: Asked,
): Question {
  const reader = { tables: context.read, workspace: context.workspace };
  if (actionId !== undefined) {
    const past = getAction(reader, actionId);
    requireVisible(context, past.agentId);
    return { ...past, agent: getAgent(reader, past.agentId), requestedRisk: past.risk };
  }
  const { principal } = context;
  const askedAgent = agentId ?? (principal.kind === 'agent' ? principal.agent.agentId : undefined);
  if (askedAgent === undefined || action === undefined) {
    throw new ValidationError('Nothing to explain.', {
      issues: [{ path: '', message: 'needs actionId, or agentId and action' }],
    });
  }
  requireVisible(context, askedAgent);
  const agent = getAgent(reader, askedAgent);
  return { agent, action, parameters: parameters ?? {}, requestedRisk: risk, resource };
}

/** What is known of an agent, its trust and capabilities, is for people and itself. */
function requireVisible({ principal }: Context, agentId: string | undefined): void {
  if (principal.kind !== 'agent' || agentId === undefined || agentId === principal.agent.agentId) return;
  throw new BonafideError('FORBIDDEN', 'An agent can ask only about itself.');
}
