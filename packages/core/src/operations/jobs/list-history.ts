import { z } from 'zod';
import { page, pageInput } from '../../models/common.ts';
import { jobHistoryEntry, jobId } from '../../models/job.ts';
import { defineOperation } from '../define.ts';

export const listJobHistory = defineOperation({
  id: 'jobs.listHistory',
  summary: 'Everything that happened to a job',
  description: 'The logs of the chain about one job, oldest first.',
  risk: 'none',
  access: 'workspace:jobs.read',
  http: { method: 'GET', path: '/v1/jobs/{jobId}/history' },
  input: z.strictObject({ jobId, ...pageInput }),
  output: page(jobHistoryEntry),
  errors: ['NOT_FOUND', 'UNAVAILABLE'],
  toolset: 'commerce',
  idempotent: true,
});
