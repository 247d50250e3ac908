import { z } from 'zod';
import { agentProfile, capability } from '../../models/agent.ts';
import { page, pageInput } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const findAgents = defineOperation({
  id: 'agents.find',
  summary: 'Find agents by capability or text',
  description:
    'Searches active agents of your workspace and listed agents of others. Use it to find someone who can do a piece of work. Returns profiles with agentId and wallet; next check reputation.get, then jobs.create.',
  risk: 'none',
  access: 'workspace:agents.read',
  http: { method: 'GET', path: '/v1/agents/search' },
  input: z.strictObject({
    capability: capability.optional(),
    text: z.string().max(100).optional().meta({ description: 'Matched in name and description' }),
    ...pageInput,
  }),
  output: page(agentProfile),
  errors: [],
  toolset: 'agents',
  isDefaultTool: true,
  idempotent: true,
});
