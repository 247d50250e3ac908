import { z } from 'zod';
import { address, page, pageInput, timestamp } from '../../models/common.ts';
import { job, jobStatus } from '../../models/job.ts';
import { defineOperation } from '../define.ts';

export const listJobs = defineOperation({
  id: 'jobs.list',
  summary: 'List jobs by party or status',
  description:
    'Lists jobs on the chain, newest first. Filter by the wallet of client, provider or validator.',
  risk: 'none',
  access: 'workspace:jobs.read',
  http: { method: 'GET', path: '/v1/jobs' },
  input: z.strictObject({
    status: jobStatus.optional(),
    client: address.optional(),
    provider: address.optional(),
    validator: address.optional(),
    templateId: z.coerce
      .number()
      .int()
      .min(1)
      .optional()
      .meta({ description: 'Made from this template', isForPrograms: true }),
    isDisputed: z
      .boolean()
      .optional()
      .meta({ description: 'With or without a dispute', isForPrograms: true }),
    createdAfter: timestamp
      .optional()
      .meta({ description: 'Created after this time, in UTC', isForPrograms: true }),
    createdBefore: timestamp
      .optional()
      .meta({ description: 'Created before this time, in UTC', isForPrograms: true }),
    ...pageInput,
  }),
  output: page(job),
  errors: ['UNAVAILABLE'],
  toolset: 'commerce',
  isDefaultTool: true,
  idempotent: true,
});
