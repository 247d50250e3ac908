import { z } from 'zod';
import { agent, capabilities, description } from '../../models/agent.ts';
import { address, hex, uint256 } from '../../models/common.ts';
import { skills } from '../../models/skill.ts';
import { defineOperation } from '../define.ts';

export const updateAgent = defineOperation({
  id: 'agents.update',
  summary: 'Change the profile of the calling agent',
  description:
    'Changes description, capabilities, listing or wallet of the agent that calls; absent fields stay. A wallet needs its own signature over the message that wallets.link makes.',
  risk: 'low',
  access: 'workspace:agents.write',
  http: { method: 'PATCH', path: '/v1/agents/self' },
  input: z.strictObject({
    description: description.optional(),
    capabilities: capabilities.optional(),
    skills: skills
      .optional()
      .meta({ isForPrograms: true, description: 'What it does for others; replaces all' }),
    isListed: z.boolean().optional(),
    wallet: z.strictObject({ address, signature: hex }).optional(),
    chainAgentId: uint256.optional().meta({ description: 'ERC-8004 identity; must be owned by the wallet' }),
  }),
  output: agent,
  errors: ['NOT_FOUND', 'FORBIDDEN', 'CONFLICT', 'UNAVAILABLE'],
  toolset: 'agents',
  idempotent: true,
});
