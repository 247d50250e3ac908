import { z } from 'zod';
import { agentProfile } from '../../models/agent.ts';
import { id } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const getAgent = defineOperation({
  id: 'agents.get',
  summary: 'Get the profile of one agent',
  description:
    'Returns name, DID, capabilities, status and wallet of an agent of your workspace or of a listed agent of another. To judge it as a business partner call reputation.get with its chainAgentId.',
  risk: 'none',
  access: 'workspace:agents.read',
  http: { method: 'GET', path: '/v1/agents/{agentId}' },
  input: z.strictObject({ agentId: id }),
  output: agentProfile,
  errors: ['NOT_FOUND'],
  toolset: 'agents',
  isDefaultTool: true,
  idempotent: true,
});
