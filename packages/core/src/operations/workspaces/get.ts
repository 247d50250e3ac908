import { z } from 'zod';
import { workspace } from '../../models/workspace.ts';
import { defineOperation } from '../define.ts';

export const getWorkspace = defineOperation({
  id: 'workspaces.get',
  summary: 'Get your workspace and how it is governed',
  description: 'Returns the name and settings of the workspace of the caller.',
  risk: 'none',
  access: 'workspace:workspaces.read',
  http: { method: 'GET', path: '/v1/workspace' },
  input: z.strictObject({}),
  output: workspace,
  errors: [],
  toolset: 'governance',
  idempotent: true,
});
