import { z } from 'zod';
import { addressPart, addressText } from '../../models/address.ts';
import { id, jsonObject } from '../../models/common.ts';
import { assignmentMode, retryPolicy, task, taskType } from '../../models/task.ts';
import { defineOperation } from '../define.ts';

export const createTask = defineOperation({
  id: 'tasks.create',
  summary: 'Give a task to an agent or to a pool of workers',
  description:
    'Creates a task for yourself (self), for one principal (targeted, with target) or for whichever worker takes it first (pool, with implementation or by its type); if nobody is there, an orchestrator starts somebody. Follow it with tasks.get.',
  risk: 'low',
  access: 'workspace:tasks.write',
  http: { method: 'POST', path: '/v1/tasks' },
  input: z.strictObject({
    taskType,
    mode: assignmentMode.default('pool'),
    target: addressText.optional(),
    implementation: addressPart.optional(),
    payload: z.json().optional(),
    metadata: jsonObject.optional().meta({ isForPrograms: true }),
    priority: z.int().min(0).max(100).default(50).meta({ isForPrograms: true }),
    launchParameters: jsonObject.optional().meta({
      description: 'Over those of the implementation, when somebody must be started',
      isForPrograms: true,
    }),
    retry: retryPolicy.optional().meta({ isForPrograms: true }),
    delaySeconds: z.int().min(0).max(2_592_000).optional().meta({ isForPrograms: true }),
    notify: addressText
      .optional()
      .meta({ description: 'Gets a message of kind event when the task is over', isForPrograms: true }),
    grantId: id.optional().meta({ description: 'To act for a user, within this grant', isForPrograms: true }),
  }),
  output: task,
  errors: ['NOT_FOUND', 'PAYLOAD_TOO_LARGE', 'LIMIT_EXCEEDED'],
  toolset: 'coordination',
  idempotent: false,
});
