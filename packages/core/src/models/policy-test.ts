import { z } from 'zod';
import { actionName } from './action.ts';
import { capabilityPattern } from './capability.ts';
import { id, jsonObject, risk } from './common.ts';
import { decisionStatus } from './policy.ts';

/** One case for `policies.test`: an agent of the workspace, or one made up of the fields given, asks for an action. */
export const policyTestCase = z.strictObject({
  name: z.string().min(1).max(200),
  agentId: id.optional(),
  agentType: z.string().max(50).optional(),
  trust: z.number().min(0).max(1).optional().meta({ description: 'Default 0.75' }),
  capabilities: z.array(capabilityPattern).max(50).optional(),
  action: actionName,
  risk: risk.optional(),
  parameters: jsonObject.optional(),
  resource: z.string().max(500).optional(),
  expect: decisionStatus,
});
export type PolicyTestCase = z.infer<typeof policyTestCase>;
