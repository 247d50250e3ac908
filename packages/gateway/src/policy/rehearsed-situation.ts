import type { PolicyTestCase } from '@bonafide/core/models';
import type { Question } from '../actions/decide.ts';
import { getAgent } from '../agents/agents.ts';
import { covers } from '../capabilities/covers.ts';
import type { Reader } from '../stores/store.ts';
import { placeOf, type Situation } from './situation.ts';

/** The trust of an agent that a test case makes up. */
const MADE_UP_TRUST = 0.75;

/** An agent of the workspace, or one that is made up; what the case says of it comes first. */
export function rehearsedSituation(
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
