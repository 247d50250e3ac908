import { z } from 'zod';
import { action, actionName, actionStatus } from '../../models/action.ts';
import { id, page, pageInput } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const listActions = defineOperation({
  id: 'actions.list',
  summary: 'List actions of the workspace',
  description: 'Lists actions, newest first, by agent, status or name.',
  risk: 'none',
  access: 'workspace:actions.read',
  http: { method: 'GET', path: '/v1/actions' },
  input: z.strictObject({
    agentId: id.optional(),
    status: actionStatus.optional(),
    action: actionName.optional(),
    ...pageInput,
  }),
  output: page(action),
  errors: [],
  toolset: 'governance',
  idempotent: true,
});
