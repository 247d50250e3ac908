import { ValidationError } from '@bonafide/core/errors';
import type { Question } from '../actions/decide.ts';
import { getAction } from '../actions/state.ts';
import { getAgent } from '../agents/agents.ts';
import { type Context, readerOf, visibleAgentId } from '../context.ts';
import { NUMBERS, readPage } from '../paging.ts';
import { getPolicy, putPolicy } from '../policy/policies.ts';
import { testPolicies } from '../policy/rehearse.ts';
import type { HandlersOf, IdsOf } from './types.ts';

type PolicyHandlers = HandlersOf<IdsOf<'policies'>>;

export const policyHandlers: PolicyHandlers = {
  'policies.get': async (context, wanted) =>
    getPolicy(readerOf(context), { ...wanted, everywhere: context.services.policy.everywhere }),
  'policies.list': async ({ read, workspace }, input) =>
    readPage({
      input,
      read: ({ beyond, limit }) =>
        read.policies.list(workspace, { before: beyond === undefined ? undefined : Number(beyond), limit }),
      keyOf: ({ version }) => String(version),
      keys: NUMBERS,
    }),
  'policies.put': async (context, change) => {
    await context.services.policy.requireClean(context.workspace, change.cedar);
    return context.commit((tx) => putPolicy(tx, change));
  },
  'policies.lint': async ({ services, workspace }, { cedar }) => {
    const issues = await services.policy.lint(workspace, cedar);
    return { isValid: issues.every(({ severity }) => severity !== 'error'), issues };
  },
  'policies.test': async (context, { cedar, cases }) => {
    // What is known of an agent, its trust and capabilities, is for people and itself.
    for (const { agentId } of cases) visibleAgentId(context, agentId);
    return testPolicies(readerOf(context), { policy: context.services.policy, cedar, cases });
  },
  'policies.explain': async (context, asked) =>
    context.services.policy.explain(readerOf(context), questionOf(context, asked)),
};

type Asked = Parameters<PolicyHandlers['policies.explain']>[1];

/** A past action as it was asked, or the question the caller makes up. */
function questionOf(
  context: Context,
  { actionId, agentId, action, parameters, risk, resource }: Asked,
): Question {
  const reader = readerOf(context);
  if (actionId !== undefined) {
    const past = getAction(reader, actionId);
    visibleAgentId(context, past.agentId);
    return { ...past, agent: getAgent(reader, past.agentId), requestedRisk: past.risk };
  }
  const askedAgent = visibleAgentId(context, agentId);
  if (askedAgent === undefined || action === undefined) {
    throw new ValidationError('Nothing to explain.', {
      issues: [{ path: '', message: 'needs actionId, or agentId and action' }],
    });
  }
  const agent = getAgent(reader, askedAgent);
  return { agent, action, parameters: parameters ?? {}, requestedRisk: risk, resource };
}
