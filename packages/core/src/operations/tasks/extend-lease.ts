import { z } from 'zod';
import { id } from '../../models/common.ts';
import { task } from '../../models/task.ts';
import { defineOperation } from '../define.ts';

export const extendLease = defineOperation({
  id: 'tasks.extendLease',
  summary: 'Keep a task longer',
  description:
    'Moves the end of a lease that is still held; a lease of a session needs none of it. CONFLICT when the lease was lost: stop working on the task.',
  risk: 'low',
  access: 'workspace:tasks.write',
  http: { method: 'POST', path: '/v1/tasks/{taskId}/lease' },
  input: z.strictObject({
    taskId: id,
    attempt: z.int().min(1),
    leaseSeconds: z.int().min(5).max(3600).default(60),
  }),
  output: task,
  errors: ['NOT_FOUND', 'CONFLICT'],
  toolset: 'coordination',
  idempotent: true,
});
