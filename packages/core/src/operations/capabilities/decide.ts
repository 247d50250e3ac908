import { z } from 'zod';
import { capabilityGrant } from '../../models/capability.ts';
import { id, timestamp } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const decideCapability = defineOperation({
  id: 'capabilities.decide',
  summary: 'Grant or deny a request; people only',
  description: 'Answers a request for a capability once. The reason reaches the agent.',
  risk: 'high',
  access: 'workspace:capabilities.manage',
  http: { method: 'POST', path: '/v1/capabilities/{capabilityId}/decide' },
  input: z.strictObject({
    capabilityId: id,
    decision: z.enum(['grant', 'deny']),
    reason: z.string().max(500).optional(),
    expiresAt: timestamp.optional(),
  }),
  output: capabilityGrant,
  errors: ['NOT_FOUND', 'CONFLICT'],
  idempotent: false,
});
