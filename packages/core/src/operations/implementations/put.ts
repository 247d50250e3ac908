import { z } from 'zod';
import { addressPart } from '../../models/address.ts';
import { jsonObject } from '../../models/common.ts';
import { implementation, taskType } from '../../models/task.ts';
import { defineOperation } from '../define.ts';

export const putImplementation = defineOperation({
  id: 'implementations.put',
  summary: 'Say how an implementation is started',
  description:
    'Registers with which profile and parameters an orchestrator starts instances of an implementation when a task or message needs one that is away, and how many of its pool may run at once.',
  risk: 'high',
  access: 'workspace:implementations.manage',
  http: { method: 'POST', path: '/v1/implementations' },
  input: z.strictObject({
    implementation: addressPart,
    profile: addressPart,
    launchParameters: jsonObject.optional(),
    description: z.string().max(500).optional(),
    taskTypes: z.array(taskType).max(50).optional(),
    maxInstances: z.int().min(1).max(1000).default(1),
  }),
  output: implementation,
  errors: [],
  idempotent: true,
});
