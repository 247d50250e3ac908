import { z } from 'zod';
import { capabilityGrant, capabilityPattern } from '../../models/capability.ts';
import { defineOperation } from '../define.ts';

export const requestCapability = defineOperation({
  id: 'capabilities.request',
  summary: 'Ask people for a capability',
  description:
    'Asks to be allowed, from now on, to run the actions a pattern names; until a person grants it nothing changes. Use it when actions of medium risk keep waiting for a person. Returns the request; follow it with capabilities.list.',
  risk: 'low',
  access: 'workspace:capabilities.write',
  http: { method: 'POST', path: '/v1/capabilities/requests' },
  input: z.strictObject({
    capability: capabilityPattern,
    resource: z.string().min(1).max(500).optional(),
    reason: z.string().min(10).max(500),
  }),
  output: capabilityGrant,
  errors: ['CONFLICT', 'FORBIDDEN'],
  toolset: 'governance',
  isDefaultTool: true,
  idempotent: false,
});
