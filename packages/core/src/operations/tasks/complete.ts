import { z } from 'zod';
import { id } from '../../models/common.ts';
import { task } from '../../models/task.ts';
import { defineOperation } from '../define.ts';

export const completeTask = defineOperation({
  id: 'tasks.complete',
  summary: 'Finish a task with its result',
  description:
    'Ends a task that the caller holds as completed. CONFLICT when the lease was lost, so that two workers never both finish it; repeating it after an unknown outcome is safe.',
  risk: 'low',
  access: 'workspace:tasks.write',
  http: { method: 'POST', path: '/v1/tasks/{taskId}/complete' },
  input: z.strictObject({ taskId: id, attempt: z.int().min(1), result: z.json().optional() }),
  output: task,
  errors: ['NOT_FOUND', 'CONFLICT', 'PAYLOAD_TOO_LARGE'],
  toolset: 'coordination',
  idempotent: true,
});
