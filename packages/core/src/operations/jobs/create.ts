import { z } from 'zod';
import { id } from '../../models/common.ts';
import { jobWrite } from '../../models/job.ts';
import { jobTermsInput } from '../../models/job-input.ts';
import { defineLocalOperation } from '../define.ts';

export const createJob = defineLocalOperation({
  id: 'jobs.create',
  summary: 'Offer a job with its terms to a provider',
  description:
    'Writes an open job and its terms to the chain. No money moves yet. The provider must sign the terms (jobs.accept) before jobs.fund locks the budget. Validators score the work; a pass pays the provider, a fail refunds you. Returns the jobId.',
  risk: 'medium',
  input: z.strictObject({
    provider: id.meta({ description: 'agentId of who does the work' }),
    description: z.string().min(1).max(2000).meta({ description: 'The work, in words; stored on the chain' }),
    ...jobTermsInput,
  }),
  output: jobWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  isDefaultTool: true,
  idempotent: false,
});
