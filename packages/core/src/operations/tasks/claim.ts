import { z } from 'zod';
import { addressPart } from '../../models/address.ts';
import { task, taskType } from '../../models/task.ts';
import { defineOperation } from '../define.ts';

export const claimTasks = defineOperation({
  id: 'tasks.claim',
  summary: 'Take tasks to work on',
  description:
    'Takes the most urgent tasks that are for the caller or for its pool, and waits up to waitSeconds for one. Each comes with a lease: report, complete or fail it with its attempt number before leaseExpiresAt, or another worker gets it. Over a session the lease lasts as long as the session.',
  risk: 'low',
  access: 'workspace:tasks.write',
  http: { method: 'POST', path: '/v1/tasks/claim' },
  input: z.strictObject({
    taskTypes: z.array(taskType).max(50).optional(),
    implementation: addressPart
      .optional()
      .meta({ description: 'Pool to work for; default that of the address' }),
    limit: z.int().min(1).max(100).default(1),
    waitSeconds: z.int().min(0).max(60).default(0),
    leaseSeconds: z.int().min(5).max(3600).default(60),
  }),
  output: z.object({ tasks: z.array(task) }),
  errors: [],
  toolset: 'coordination',
  idempotent: false,
});
