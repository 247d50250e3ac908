import { z } from 'zod';
import { capabilityGrant, capabilityStatus } from '../../models/capability.ts';
import { id, page, pageInput } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const listCapabilities = defineOperation({
  id: 'capabilities.list',
  summary: 'List capabilities and requests for them',
  description:
    'Lists what the agents of the workspace may do and have asked for, newest first. An agent sees only its own.',
  risk: 'none',
  access: 'workspace:capabilities.read',
  http: { method: 'GET', path: '/v1/capabilities' },
  input: z.strictObject({ agentId: id.optional(), status: capabilityStatus.optional(), ...pageInput }),
  output: page(capabilityGrant),
  errors: [],
  toolset: 'governance',
  idempotent: true,
});
