import { z } from 'zod';
import { capabilityGrant, capabilityPattern } from '../../models/capability.ts';
import { id, timestamp } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const grantCapability = defineOperation({
  id: 'capabilities.grant',
  summary: 'Grant a capability to an agent; people only',
  description:
    'The agent may run actions of medium risk that the pattern names without a person, while its trust holds. Higher risks keep their own rules. Granting the same again returns the same grant.',
  risk: 'high',
  access: 'workspace:capabilities.manage',
  http: { method: 'POST', path: '/v1/capabilities' },
  input: z.strictObject({
    agentId: id,
    capability: capabilityPattern,
    resource: z.string().min(1).max(500).optional(),
    reason: z.string().max(500).optional(),
    expiresAt: timestamp.optional(),
  }),
  output: capabilityGrant,
  errors: ['NOT_FOUND', 'CONFLICT'],
  idempotent: true,
});
