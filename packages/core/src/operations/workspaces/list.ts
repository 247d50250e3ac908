import { z } from 'zod';
import { page, pageInput } from '../../models/common.ts';
import { workspace } from '../../models/workspace.ts';
import { defineOperation } from '../define.ts';

export const listWorkspaces = defineOperation({
  id: 'workspaces.list',
  summary: 'List the workspaces of the tenant',
  description: 'Lists the workspaces that belong to the same tenant as the own one, by name.',
  risk: 'none',
  access: 'workspace:workspaces.read',
  http: { method: 'GET', path: '/v1/workspaces' },
  input: z.strictObject({ ...pageInput }),
  output: page(workspace),
  errors: [],
  idempotent: true,
});
