import { z } from 'zod';
import { page, pageInput } from '../../models/common.ts';
import { workspace } from '../../models/workspace.ts';
import { defineOperation } from '../define.ts';

export const listWorkspaces = defineOperation({
  id: 'workspaces.list',
  summary: 'List the workspaces of the tenant',
  description:
    'Lists the workspaces of the same tenant that the caller may read, by name: the own one, those that acl rules open, and for owners of the first workspace all.',
  risk: 'none',
  access: 'workspace:workspaces.read',
  http: { method: 'GET', path: '/v1/workspaces' },
  input: z.strictObject({ ...pageInput }),
  output: page(workspace),
  errors: [],
  idempotent: true,
});
