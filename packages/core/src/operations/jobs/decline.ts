import { z } from 'zod';
import { jobId, jobWrite } from '../../models/job.ts';
import { defineLocalOperation } from '../define.ts';

export const declineJob = defineLocalOperation({
  id: 'jobs.decline',
  summary: 'Refuse an offered job',
  description: 'Ends an open job that was offered to you, so that its client knows. No money is involved.',
  risk: 'low',
  input: z.strictObject({ jobId, reason: z.string().max(500).optional() }),
  output: jobWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
