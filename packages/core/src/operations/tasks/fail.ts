import { z } from 'zod';
import { id } from '../../models/common.ts';
import { task } from '../../models/task.ts';
import { defineOperation } from '../define.ts';

export const failTask = defineOperation({
  id: 'tasks.fail',
  summary: 'Give a task back with what went wrong',
  description:
    'Ends an attempt. While attempts are left the task is offered again after a growing wait; with isFinal it fails for good. CONFLICT when the lease was lost.',
  risk: 'low',
  access: 'workspace:tasks.write',
  http: { method: 'POST', path: '/v1/tasks/{taskId}/fail' },
  input: z.strictObject({
    taskId: id,
    attempt: z.int().min(1),
    error: z.string().min(1).max(4000),
    isFinal: z.boolean().default(false),
  }),
  output: task,
  errors: ['NOT_FOUND', 'CONFLICT'],
  toolset: 'coordination',
  idempotent: true,
});
