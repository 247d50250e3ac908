import { z } from 'zod';
import { id } from '../../models/common.ts';
import { task } from '../../models/task.ts';
import { defineOperation } from '../define.ts';

export const getTask = defineOperation({
  id: 'tasks.get',
  summary: 'Get one task with its progress',
  description:
    'Returns a task that the caller created, works on or may oversee: its state, progress, and result or error.',
  risk: 'none',
  access: 'workspace:tasks.read',
  http: { method: 'GET', path: '/v1/tasks/{taskId}' },
  input: z.strictObject({ taskId: id }),
  output: task,
  errors: ['NOT_FOUND'],
  toolset: 'coordination',
  idempotent: true,
});
