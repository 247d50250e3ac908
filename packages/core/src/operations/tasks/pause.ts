import { z } from 'zod';
import { id } from '../../models/common.ts';
import { task } from '../../models/task.ts';
import { defineOperation } from '../define.ts';

export const pauseTask = defineOperation({
  id: 'tasks.pause',
  summary: 'Put a task on hold',
  description:
    'Takes a task out of its queue, or ends the lease of the worker that pauses it while it waits for something. It goes on with tasks.resume, by its creator, its worker or people who manage tasks.',
  risk: 'low',
  access: 'workspace:tasks.write',
  http: { method: 'POST', path: '/v1/tasks/{taskId}/pause' },
  input: z.strictObject({
    taskId: id,
    attempt: z.int().min(1).optional(),
    reason: z.string().max(500).optional(),
  }),
  output: task,
  errors: ['NOT_FOUND', 'CONFLICT'],
  toolset: 'coordination',
  idempotent: true,
});
