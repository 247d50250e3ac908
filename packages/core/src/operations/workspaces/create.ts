import { z } from 'zod';
import { name } from '../../models/common.ts';
import { workspace } from '../../models/workspace.ts';
import { defineOperation } from '../define.ts';

export const createChildWorkspace = defineOperation({
  id: 'workspaces.create',
  summary: 'Make a workspace beside the own one',
  description:
    'Makes a workspace of the same tenant with the caller as owner; its owner token is in this answer only. Its agents and keys are apart from those of the other workspaces until acl rules let somebody in.',
  risk: 'medium',
  access: 'workspace:workspaces.manage',
  http: { method: 'POST', path: '/v1/workspaces' },
  input: z.strictObject({ name, displayName: z.string().max(100).optional() }),
  output: z.object({ ...workspace.shape, ownerToken: z.string() }),
  errors: ['CONFLICT', 'LIMIT_EXCEEDED'],
  idempotent: false,
});
