import { z } from 'zod';
import { workspace, workspaceSettings } from '../../models/workspace.ts';
import { defineOperation } from '../define.ts';

export const updateWorkspace = defineOperation({
  id: 'workspaces.update',
  summary: 'Change how the workspace is governed; owners only',
  description: 'Changes the settings that are given and keeps the others.',
  risk: 'medium',
  access: 'workspace:workspaces.manage',
  http: { method: 'PATCH', path: '/v1/workspace' },
  input: z.strictObject({ settings: workspaceSettings.partial() }),
  output: workspace,
  errors: [],
  idempotent: true,
});
