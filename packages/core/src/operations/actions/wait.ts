import { z } from 'zod';
import { action } from '../../models/action.ts';
import { id } from '../../models/common.ts';
import { defineStream } from '../define.ts';

export const waitForAction = defineStream({
  id: 'actions.wait',
  summary: 'Follow an action until it is decided',
  description: 'Streams the action now and at each change; ends when it is no longer pending.',
  access: 'workspace:actions.read',
  http: { method: 'GET', path: '/v1/actions/{actionId}/wait' },
  input: z.strictObject({ actionId: id }),
  output: action,
  errors: ['NOT_FOUND'],
});
