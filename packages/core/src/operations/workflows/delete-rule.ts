import { z } from 'zod';
import { id } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const deleteRule = defineOperation({
  id: 'workflows.deleteRule',
  summary: 'Delete a rule',
  description: 'The rule acts no more. What it did stays done.',
  risk: 'high',
  access: 'workspace:workflows.manage',
  http: { method: 'DELETE', path: '/v1/workflow-rules/{ruleId}' },
  input: z.strictObject({ ruleId: id }),
  output: z.object({ isDeleted: z.boolean() }),
  errors: [],
  idempotent: true,
});
