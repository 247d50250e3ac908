import { z } from 'zod';
import { page, pageInput } from '../../models/common.ts';
import { launch } from '../../models/task.ts';
import { defineOperation } from '../define.ts';

export const listLaunches = defineOperation({
  id: 'launches.list',
  summary: 'List starts that orchestrators were asked for',
  description: 'Lists what was to be started, newest first, by which orchestrator and with what outcome.',
  risk: 'none',
  access: 'workspace:implementations.read',
  http: { method: 'GET', path: '/v1/launches' },
  input: z.strictObject({
    status: z.enum(['waiting', 'assigned', 'started', 'failed', 'expired']).optional(),
    ...pageInput,
  }),
  output: page(launch),
  errors: [],
  idempotent: true,
});
