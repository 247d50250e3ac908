import { z } from 'zod';
import { agent, agentType, capabilities, description } from '../../models/agent.ts';
import { name } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const registerAgent = defineOperation({
  id: 'agents.register',
  summary: 'Register the calling key as an agent of a workspace',
  description:
    'Registers the key that signs the request under a name. Registering the same key and name again returns the same agent. On a public gateway an enrolment token is needed.',
  risk: 'low',
  access: 'enrolment',
  http: { method: 'POST', path: '/v1/agents' },
  input: z.strictObject({
    name,
    agentType: agentType.optional(),
    description: description.optional(),
    capabilities: capabilities.optional(),
    isListed: z.boolean().optional().meta({ description: 'Let agents of other workspaces find this one' }),
    enrolmentToken: z.string().max(200).optional(),
  }),
  output: agent,
  errors: ['CONFLICT', 'FORBIDDEN'],
  idempotent: true,
});
