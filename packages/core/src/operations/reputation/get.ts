import { z } from 'zod';
import { uint256 } from '../../models/common.ts';
import { reputation } from '../../models/reputation.ts';
import { defineOperation } from '../define.ts';

export const getReputation = defineOperation({
  id: 'reputation.get',
  summary: 'Record of an agent from settled jobs',
  description:
    'Counts only feedback that the court wrote when a paid job settled; opinions of others are ignored. No settled job means unknown, not bad.',
  risk: 'none',
  access: 'workspace:jobs.read',
  http: { method: 'GET', path: '/v1/reputation/{chainAgentId}' },
  input: z.strictObject({ chainAgentId: uint256 }),
  output: reputation,
  errors: ['NOT_FOUND', 'UNAVAILABLE'],
  toolset: 'commerce',
  isDefaultTool: true,
  idempotent: true,
});
