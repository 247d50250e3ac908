import { z } from 'zod';
import { jobId, jobWrite } from '../../models/job.ts';
import { jobTerms } from '../../models/terms.ts';
import { defineLocalOperation } from '../define.ts';

export const acceptJob = defineLocalOperation({
  id: 'jobs.accept',
  summary: 'Accept the terms of a job as its provider',
  description:
    'Signs the terms of an open job (EIP-712) and records your consent on the chain. Read the job first: after jobs.fund you are expected to deliver before submitBy. Next: wait until the job is funded, then jobs.submit.',
  risk: 'medium',
  input: z.strictObject({
    jobId,
    terms: jobTerms
      .optional()
      .meta({ description: 'The terms as you read them; any other are refused', isForPrograms: true }),
  }),
  output: jobWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  isDefaultTool: true,
  idempotent: false,
});
