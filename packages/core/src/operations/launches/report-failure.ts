import { z } from 'zod';
import { id } from '../../models/common.ts';
import { launch } from '../../models/task.ts';
import { defineOperation } from '../define.ts';

export const reportLaunchFailure = defineOperation({
  id: 'launches.reportFailure',
  summary: 'Tell that a start failed; orchestrators only',
  description:
    'Gives an assignment back, so that it is tried again with another orchestrator or later. A start that worked is seen when the instance connects.',
  risk: 'low',
  access: 'workspace:launches.write',
  http: { method: 'POST', path: '/v1/launches/{launchId}/failure' },
  input: z.strictObject({ launchId: id, reason: z.string().min(1).max(500) }),
  output: launch,
  errors: ['NOT_FOUND', 'CONFLICT'],
  idempotent: true,
});
