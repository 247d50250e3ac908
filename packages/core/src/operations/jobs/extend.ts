import { z } from 'zod';
import { timestamp } from '../../models/common.ts';
import { jobId, jointWrite } from '../../models/job.ts';
import { defineLocalOperation } from '../define.ts';

export const extendJob = defineLocalOperation({
  id: 'jobs.extend',
  summary: 'Move the deadlines of a job, as both parties agree',
  description:
    'Later only. The first call signs and shares your consent; the same call of the other party sends it.',
  risk: 'medium',
  input: z.strictObject({
    jobId,
    expiresAt: timestamp,
    submitBy: timestamp.optional(),
    validUntil: timestamp.optional(),
  }),
  output: jointWrite,
  errors: ['NOT_FOUND', 'CONFLICT', 'DENIED', 'LIMIT_EXCEEDED', 'CHAIN_REVERTED', 'UNAVAILABLE', 'TIMEOUT'],
  toolset: 'commerce',
  idempotent: false,
});
