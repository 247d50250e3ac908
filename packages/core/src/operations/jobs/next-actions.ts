import { z } from 'zod';
import { timestamp } from '../../models/common.ts';
import { jobId, jobRole, nextAction } from '../../models/job.ts';
import { defineLocalOperation } from '../define.ts';

export const listNextActions = defineLocalOperation({
  id: 'jobs.nextActions',
  summary: 'What may be done next with a job',
  description:
    'Computes from status, role and clock which operations you may call now, and until when. Without a role it uses the one your wallet has in the job. No actions: wait for somebody else, at the longest until nextAt.',
  risk: 'none',
  input: z.strictObject({ jobId, role: jobRole.optional() }),
  output: z.object({
    role: jobRole.optional(),
    actions: z.array(nextAction),
    nextAt: timestamp.optional().meta({ description: 'When this changes if nobody acts before' }),
  }),
  errors: ['NOT_FOUND', 'UNAVAILABLE'],
  toolset: 'commerce',
  isDefaultTool: true,
  idempotent: true,
});
