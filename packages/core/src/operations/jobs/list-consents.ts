import { z } from 'zod';
import { page } from '../../models/common.ts';
import { jobId } from '../../models/job.ts';
import { jobConsent } from '../../models/terms.ts';
import { defineOperation } from '../define.ts';

export const listConsents = defineOperation({
  id: 'jobs.listConsents',
  summary: 'Consents that wait for the other party',
  description: 'Only for the parties of the job.',
  risk: 'none',
  access: 'workspace:jobs.read',
  http: { method: 'GET', path: '/v1/jobs/{jobId}/consents' },
  input: z.strictObject({ jobId }),
  output: page(jobConsent),
  errors: ['NOT_FOUND', 'FORBIDDEN', 'UNAVAILABLE'],
  idempotent: true,
});
