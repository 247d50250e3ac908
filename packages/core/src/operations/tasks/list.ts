import { z } from 'zod';
import { addressText } from '../../models/address.ts';
import { page, pageInput } from '../../models/common.ts';
import { task, taskStatus, taskType } from '../../models/task.ts';
import { defineOperation } from '../define.ts';

export const listTasks = defineOperation({
  id: 'tasks.list',
  summary: 'List tasks of the workspace',
  description:
    'Lists tasks newest first: an agent sees those it created or works on, people see all of the workspace. Payloads and results come with tasks.get.',
  risk: 'none',
  access: 'workspace:tasks.read',
  http: { method: 'GET', path: '/v1/tasks' },
  input: z.strictObject({
    status: taskStatus.optional(),
    taskType: taskType.optional(),
    createdBy: addressText.optional(),
    assignedTo: addressText.optional(),
    ...pageInput,
  }),
  output: page(task),
  errors: [],
  toolset: 'coordination',
  idempotent: true,
});
