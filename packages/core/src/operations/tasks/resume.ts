import { z } from 'zod';
import { id } from '../../models/common.ts';
import { task } from '../../models/task.ts';
import { defineOperation } from '../define.ts';

export const resumeTask = defineOperation({
  id: 'tasks.resume',
  summary: 'Take a task off hold',
  description: 'Puts a paused task back into its queue.',
  risk: 'low',
  access: 'workspace:tasks.write',
  http: { method: 'POST', path: '/v1/tasks/{taskId}/resume' },
  input: z.strictObject({ taskId: id }),
  output: task,
  errors: ['NOT_FOUND', 'CONFLICT'],
  toolset: 'coordination',
  idempotent: true,
});
