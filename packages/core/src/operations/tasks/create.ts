import { z } from 'zod';
import { addressPart, addressText } from '../../models/address.ts';
import { id, jsonObject } from '../../models/common.ts';
import { assignmentMode, retryPolicy, task, taskType } from '../../models/task.ts';
import { defineOperation } from '../define.ts';

export const createTask = defineOperation({
  id: 'tasks.create',
  summary: 'Give a task to an agent or to a pool of workers',
  description:
    'Creates a task for the caller itself (self), for one principal (targeted, with target) or for whichever worker takes it first (pool, with implementation or by its type). When nobody is there to do it an orchestrator is asked to start somebody. Returns the task; follow it with tasks.get.',
  risk: 'low',
  access: 'workspace:tasks.write',
  http: { method: 'POST', path: '/v1/tasks' },
  input: z.strictObject({
    taskType,
    mode: assignmentMode.default('pool'),
    target: addressText.optional(),
    implementation: addressPart.optional(),
    payload: z.json().optional(),
    metadata: jsonObject.optional(),
    priority: z.int().min(0).max(100).default(50),
    launchParameters: jsonObject
      .optional()
      .meta({ description: 'Over those of the implementation, when somebody must be started' }),
    retry: retryPolicy.optional(),
    delaySeconds: z.int().min(0).max(2_592_000).optional(),
    notify: addressText
      .optional()
      .meta({ description: 'Gets a message of kind event when the task is over' }),
    grantId: id.optional().meta({ description: 'To act for a user, within this grant' }),
  }),
  output: task,
  errors: ['NOT_FOUND', 'PAYLOAD_TOO_LARGE', 'LIMIT_EXCEEDED'],
  toolset: 'coordination',
  idempotent: false,
});
