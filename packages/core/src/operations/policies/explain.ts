import { z } from 'zod';
import { actionName } from '../../models/action.ts';
import { id, jsonObject, risk } from '../../models/common.ts';
import { explanation } from '../../models/policy.ts';
import { defineOperation } from '../define.ts';

export const explainPolicy = defineOperation({
  id: 'policies.explain',
  summary: 'Explain how an action would be decided, and by which rule',
  description:
    'Decides without storing anything and returns all inputs, both evaluations and the rule that decided. Takes an agent and an action, or the id of a past action, which is then decided by the policies of today.',
  risk: 'none',
  access: 'workspace:policies.read',
  http: { method: 'POST', path: '/v1/policies/explain' },
  input: z.strictObject({
    actionId: id.optional(),
    agentId: id.optional(),
    action: actionName.optional(),
    parameters: jsonObject.optional(),
    risk: risk.optional(),
    resource: z.string().max(500).optional(),
  }),
  output: explanation,
  errors: ['NOT_FOUND', 'VALIDATION_FAILED'],
  toolset: 'governance',
  idempotent: true,
});
