import { z } from 'zod';
import { id } from '../../models/common.ts';
import { trustScore } from '../../models/trust.ts';
import { defineOperation } from '../define.ts';

export const getTrust = defineOperation({
  id: 'trust.get',
  summary: 'Get the trust score of an agent',
  description:
    'Returns a score from 0 to 1; with detailed also the eight factors, each with what it was counted from. Without agentId it is your own. isProvisional says that too little is known.',
  risk: 'none',
  access: 'workspace:trust.read',
  http: { method: 'GET', path: '/v1/trust' },
  input: z.strictObject({ agentId: id.optional(), detailed: z.boolean().optional() }),
  output: trustScore,
  errors: ['NOT_FOUND', 'VALIDATION_FAILED'],
  toolset: 'governance',
  isDefaultTool: true,
  idempotent: true,
});
