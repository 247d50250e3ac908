import { z } from 'zod';
import { name } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const deleteWorkspace = defineOperation({
  id: 'workspaces.delete',
  summary: 'Close a workspace for good',
  description:
    'Closes a workspace of the tenant; for its owners and those of the first workspace. Revokes its tokens and agents, ends its sessions, and forgets its messages, keys and tasks. The audit log stays. The name cannot be used again.',
  risk: 'critical',
  access: 'workspace:workspaces.manage',
  http: { method: 'POST', path: '/v1/workspaces/{name}/delete' },
  input: z.strictObject({ name, confirm: name.meta({ description: 'The name once more' }) }),
  output: z.object({ isDeleted: z.boolean() }),
  errors: ['NOT_FOUND', 'CONFLICT'],
  idempotent: true,
});
