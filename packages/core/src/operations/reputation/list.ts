import { z } from 'zod';
import { page, pageInput, uint256 } from '../../models/common.ts';
import { chainFeedback } from '../../models/erc8004.ts';
import { defineOperation } from '../define.ts';

export const listReputation = defineOperation({
  id: 'reputation.list',
  summary: 'Feedback from settled jobs, one by one',
  description: 'What the court wrote about an agent, as provider and as client, newest first.',
  risk: 'none',
  access: 'workspace:jobs.read',
  http: { method: 'GET', path: '/v1/reputation/{chainAgentId}/feedback' },
  input: z.strictObject({ chainAgentId: uint256, ...pageInput }),
  output: page(chainFeedback),
  errors: ['NOT_FOUND', 'UNAVAILABLE'],
  toolset: 'commerce',
  idempotent: true,
});
