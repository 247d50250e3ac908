import { z } from 'zod';
import { capabilityGrant } from '../../models/capability.ts';
import { id } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const revokeCapability = defineOperation({
  id: 'capabilities.revoke',
  summary: 'Take a capability away; people only',
  description: 'The next decision is made without it. The agent may ask again.',
  risk: 'medium',
  access: 'workspace:capabilities.manage',
  http: { method: 'POST', path: '/v1/capabilities/{capabilityId}/revoke' },
  input: z.strictObject({ capabilityId: id, reason: z.string().max(500).optional() }),
  output: capabilityGrant,
  errors: ['NOT_FOUND', 'CONFLICT'],
  idempotent: true,
});
