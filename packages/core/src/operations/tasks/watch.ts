import { z } from 'zod';
import { id } from '../../models/common.ts';
import { taskEvent } from '../../models/task.ts';
import { defineStream } from '../define.ts';

export const watchTasks = defineStream({
  id: 'tasks.watch',
  summary: 'Follow tasks',
  description: 'Streams each change of one task, or of all the caller may see, resumable by cursor.',
  access: 'workspace:tasks.read',
  http: { method: 'GET', path: '/v1/tasks/watch' },
  input: z.strictObject({ taskId: id.optional() }),
  output: taskEvent,
  errors: ['NOT_FOUND'],
});
