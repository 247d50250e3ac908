import { z } from 'zod';
import { agent, agentStatus } from '../../models/agent.ts';
import { page, pageInput } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const listAgents = defineOperation({
  id: 'agents.list',
  summary: 'List the agents of the workspace',
  description: 'Lists every agent registered in your own workspace, newest first, revoked ones included.',
  risk: 'none',
  access: 'workspace:agents.read',
  http: { method: 'GET', path: '/v1/agents' },
  input: z.strictObject({ status: agentStatus.optional(), ...pageInput }),
  output: page(agent),
  errors: [],
  toolset: 'agents',
  idempotent: true,
});
