import { z } from 'zod';
import { jobId, jobWrite } from '../../models/job.ts';
import { defineLocalOperation } from '../define.ts';

export const settleJob = defineLocalOperation({
  id: 'jobs.settle',
  summary: 'Pay or refund a validated job',
  description:
    'Ends a job that has a score: pays the provider if it passed, else refunds the client. Anyone may call it; the outcome is fixed by the score. Also writes reputation.',
  risk: 'medium',
  input: z.strictObject({ jobId }),
  output: jobWrite,
  errors: ['NOT_FOUND', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
