import { z } from 'zod';
import { jobId, jobWrite } from '../../models/job.ts';
import { defineLocalOperation } from '../define.ts';

export const refundJob = defineLocalOperation({
  id: 'jobs.refund',
  summary: 'Take the budget of an expired job back',
  description:
    'After expiresAt returns the whole escrow to the client, whatever else happened. Anyone may call it.',
  risk: 'medium',
  input: z.strictObject({ jobId }),
  output: jobWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
