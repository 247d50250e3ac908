import { z } from 'zod';
import { id } from '../../models/common.ts';
import { task } from '../../models/task.ts';
import { defineOperation } from '../define.ts';

export const cancelTask = defineOperation({
  id: 'tasks.cancel',
  summary: 'Cancel a task',
  description:
    'Ends a task that is not over; a worker that holds it learns of it and its reports are refused. Only its creator and people who manage tasks may.',
  risk: 'medium',
  access: 'workspace:tasks.write',
  http: { method: 'POST', path: '/v1/tasks/{taskId}/cancel' },
  input: z.strictObject({ taskId: id, reason: z.string().max(500).optional() }),
  output: task,
  errors: ['NOT_FOUND', 'CONFLICT'],
  toolset: 'coordination',
  idempotent: true,
});
