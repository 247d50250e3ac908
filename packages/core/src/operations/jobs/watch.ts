import { z } from 'zod';
import { address } from '../../models/common.ts';
import { event } from '../../models/event.ts';
import { jobId } from '../../models/job.ts';
import { defineStream } from '../define.ts';

export const watchJobs = defineStream({
  id: 'jobs.watch',
  summary: 'Follow jobs as they change',
  description:
    'Streams the events of jobs and their disputes from a cursor on, oldest first, then live. Without a cursor it starts now. After a reorganisation the events of the new chain follow a job.reverted.',
  access: 'workspace:jobs.read',
  http: { method: 'GET', path: '/v1/jobs/watch' },
  input: z.strictObject({
    cursor: z.string().max(40).optional().meta({ description: 'Id of the last event seen' }),
    jobId: jobId.optional(),
    party: address.optional().meta({ description: 'Client, provider or judge' }),
  }),
  output: event,
  errors: [],
});
