import { z } from 'zod';
import { id } from '../../models/common.ts';
import { ruleAction, ruleTrigger, workflowRule } from '../../models/workflow.ts';
import { defineOperation } from '../define.ts';

export const updateRule = defineOperation({
  id: 'workflows.updateRule',
  summary: 'Change a rule, or switch it off',
  description:
    'Replaces the fields that are given; the rest stays. It then acts in the name of whoever changed it.',
  risk: 'high',
  access: 'workspace:workflows.manage',
  http: { method: 'PATCH', path: '/v1/workflow-rules/{ruleId}' },
  input: z.strictObject({
    ruleId: id,
    name: z.string().min(1).max(100).optional(),
    on: ruleTrigger.optional(),
    actions: z.array(ruleAction).min(1).max(10).optional(),
    isEnabled: z.boolean().optional(),
  }),
  output: workflowRule,
  errors: ['NOT_FOUND'],
  idempotent: true,
});
