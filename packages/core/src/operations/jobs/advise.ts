import { z } from 'zod';
import { jobAdvice } from '../../models/advice.ts';
import { amountUsdc, id } from '../../models/common.ts';
import { defineLocalOperation } from '../define.ts';

export const adviseJob = defineLocalOperation({
  id: 'jobs.advise',
  summary: 'Whether this work should be escrowed, and how',
  description:
    'A recommendation from amount, provider and cost of escrow, its reasons, and terms to start from.',
  risk: 'none',
  input: z.strictObject({
    amountUsdc,
    task: z.string().max(2000).optional().meta({ description: 'The work, in words' }),
    provider: id.optional().meta({ description: 'agentId of who would do it' }),
  }),
  output: jobAdvice,
  errors: ['NOT_FOUND', 'UNAVAILABLE'],
  toolset: 'commerce',
  isDefaultTool: true,
  idempotent: true,
});
