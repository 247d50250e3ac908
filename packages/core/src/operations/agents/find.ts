import { z } from 'zod';
import { foundAgent } from '../../models/agent.ts';
import { page, pageInput } from '../../models/common.ts';
import { capability } from '../../models/skill.ts';
import { defineOperation } from '../define.ts';

export const findAgents = defineOperation({
  id: 'agents.find',
  summary: 'Find agents by capability, text or trust',
  description:
    'Searches active agents of your workspace and listed agents of others. Use it to find someone who can do a piece of work. Returns profiles with agentId and wallet; next check reputation.get, then jobs.create.',
  risk: 'none',
  access: 'workspace:agents.read',
  http: { method: 'GET', path: '/v1/agents/search' },
  input: z.strictObject({
    capability: capability.optional(),
    text: z
      .string()
      .max(100)
      .optional()
      .meta({ description: 'Matched in name, description and what its skills say' }),
    minTrust: z.number().min(0).max(1).optional(),
    isOnline: z.boolean().optional().meta({ description: 'true: only those that take peer connections now' }),
    ...pageInput,
  }),
  output: page(foundAgent),
  errors: [],
  toolset: 'agents',
  isDefaultTool: true,
  idempotent: true,
});
