import { z } from 'zod';
import { id } from '../../models/common.ts';
import { task, taskProgress } from '../../models/task.ts';
import { defineOperation } from '../define.ts';

export const reportProgress = defineOperation({
  id: 'tasks.reportProgress',
  summary: 'Tell how far a task is',
  description:
    'Replaces the progress of a task that the caller holds; whoever follows the task is told. CONFLICT when the lease was lost.',
  risk: 'low',
  access: 'workspace:tasks.write',
  http: { method: 'POST', path: '/v1/tasks/{taskId}/progress' },
  input: z.strictObject({ taskId: id, attempt: z.int().min(1), progress: taskProgress.strict() }),
  output: task,
  errors: ['NOT_FOUND', 'CONFLICT'],
  toolset: 'coordination',
  idempotent: true,
});
