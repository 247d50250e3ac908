import { z } from 'zod';
import { page, pageInput } from '../../models/common.ts';
import { implementation } from '../../models/task.ts';
import { defineOperation } from '../define.ts';

export const listImplementations = defineOperation({
  id: 'implementations.list',
  summary: 'List implementations that can be started',
  description: 'Lists what orchestrators can start in this workspace, by name.',
  risk: 'none',
  access: 'workspace:implementations.read',
  http: { method: 'GET', path: '/v1/implementations' },
  input: z.strictObject({ ...pageInput }),
  output: page(implementation),
  errors: [],
  idempotent: true,
});
