import { z } from 'zod';
import { addressText } from '../../models/address.ts';
import { ruleAction, ruleTrial, ruleTrigger, workflowEvent } from '../../models/workflow.ts';
import { defineOperation } from '../define.ts';

export const testRule = defineOperation({
  id: 'workflows.testRule',
  summary: 'See what a rule would do with an event',
  description:
    'Runs a rule on an event as a rehearsal: says whether it fits and why, and shows its actions as they would be carried out. Nothing is done.',
  risk: 'none',
  access: 'workspace:workflows.read',
  http: { method: 'POST', path: '/v1/workflow-rules/test' },
  input: z.strictObject({
    rule: z.strictObject({ on: ruleTrigger, actions: z.array(ruleAction).min(1).max(10) }),
    event: z.strictObject({ ...workflowEvent.shape, source: addressText.optional() }),
  }),
  output: ruleTrial,
  errors: [],
  idempotent: true,
});
