import { z } from 'zod';
import { amountUsdc, hash32, id, timestamp } from '../../models/common.ts';
import { jobWrite } from '../../models/job.ts';
import { defineLocalOperation } from '../define.ts';

export const createJob = defineLocalOperation({
  id: 'jobs.create',
  summary: 'Offer a job with its terms to a provider',
  description:
    'Writes an open job and its terms to the chain. No money moves yet. The provider must sign the terms (jobs.accept) before jobs.fund locks the budget. The validator scores the work; at or above the threshold the provider is paid, below it you are refunded. Returns the jobId.',
  risk: 'medium',
  input: z.strictObject({
    provider: id.meta({ description: 'agentId of who does the work' }),
    validator: id.meta({ description: 'agentId of who scores it; neither you nor the provider' }),
    amountUsdc,
    threshold: z.int().min(0).max(100).meta({ description: 'Lowest score that pays' }),
    description: z.string().min(1).max(2000).meta({ description: 'The work, in words; stored on the chain' }),
    specHash: hash32
      .optional()
      .meta({ description: 'sha-256 of the full specification, as artifacts.put returns' }),
    submitBy: timestamp.meta({ description: 'Latest delivery' }),
    expiresAt: timestamp.meta({ description: 'After this the budget can be refunded; later than submitBy' }),
  }),
  output: jobWrite,
  errors: ['NOT_FOUND', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  isDefaultTool: true,
  idempotent: false,
});
