import { z } from 'zod';
import { jobId, jobWrite } from '../../models/job.ts';
import { defineLocalOperation } from '../define.ts';

export const settleJob = defineLocalOperation({
  id: 'jobs.settle',
  summary: 'End a failed or silent validation',
  description:
    'Ends a job whose validation failed, or whose validators stayed silent, after the time for a dispute. Anyone may call it; the terms fix the outcome. Also writes reputation.',
  risk: 'medium',
  input: z.strictObject({ jobId }),
  output: jobWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
