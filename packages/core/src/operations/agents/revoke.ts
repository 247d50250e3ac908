import { z } from 'zod';
import { agent } from '../../models/agent.ts';
import { id } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const revokeAgent = defineOperation({
  id: 'agents.revoke',
  summary: 'Revoke an agent for good',
  description:
    'Every later request of the agent is refused at once and its open approvals expire. People may revoke any agent of the workspace; an agent only itself. This cannot be undone.',
  risk: 'high',
  access: 'workspace:agents.manage',
  http: { method: 'POST', path: '/v1/agents/{agentId}/revoke' },
  input: z.strictObject({ agentId: id, reason: z.string().max(500) }),
  output: agent,
  errors: ['NOT_FOUND', 'FORBIDDEN'],
  idempotent: true,
});
