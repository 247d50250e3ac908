import { z } from 'zod';
import { ruleAction, ruleTrigger, workflowRule } from '../../models/workflow.ts';
import { defineOperation } from '../define.ts';

export const createRule = defineOperation({
  id: 'workflows.createRule',
  summary: 'Make a rule that acts on events',
  description:
    'From now on each event that fits the rule carries out its actions in the name of whoever made it, once. Try a rule with workflows.testRule first.',
  risk: 'high',
  access: 'workspace:workflows.manage',
  http: { method: 'POST', path: '/v1/workflow-rules' },
  input: z.strictObject({
    name: z.string().min(1).max(100),
    on: ruleTrigger,
    actions: z.array(ruleAction).min(1).max(10),
    isEnabled: z.boolean().default(true),
  }),
  output: workflowRule,
  errors: ['LIMIT_EXCEEDED'],
  idempotent: false,
});
