import { z } from 'zod';
import { action } from '../../models/action.ts';
import { id } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const getAction = defineOperation({
  id: 'actions.get',
  summary: 'Get one action with its decision',
  description: 'Returns an action of your workspace with its decision, reason and outcome.',
  risk: 'none',
  access: 'workspace:actions.read',
  http: { method: 'GET', path: '/v1/actions/{actionId}' },
  input: z.strictObject({ actionId: id }),
  output: action,
  errors: ['NOT_FOUND'],
  toolset: 'governance',
  isDefaultTool: true,
  idempotent: true,
});
