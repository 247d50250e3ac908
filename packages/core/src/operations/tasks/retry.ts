import { z } from 'zod';
import { id } from '../../models/common.ts';
import { task } from '../../models/task.ts';
import { defineOperation } from '../define.ts';

export const retryTask = defineOperation({
  id: 'tasks.retry',
  summary: 'Offer a failed task again',
  description:
    'Puts a failed, cancelled or dead task back into its queue with fresh attempts. Only its creator and people who manage tasks may.',
  risk: 'low',
  access: 'workspace:tasks.write',
  http: { method: 'POST', path: '/v1/tasks/{taskId}/retry' },
  input: z.strictObject({ taskId: id }),
  output: task,
  errors: ['NOT_FOUND', 'CONFLICT'],
  toolset: 'coordination',
  idempotent: false,
});
