import { z } from 'zod';
import { actionRequest, recordedAction } from '../../models/action.ts';
import { defineOperation } from '../define.ts';

export const logAction = defineOperation({
  id: 'actions.log',
  summary: 'Record an action that was not verified before',
  description:
    'Writes an action that already happened to the audit log, with its outcome. It grants nothing.',
  risk: 'low',
  access: 'workspace:actions.write',
  http: { method: 'POST', path: '/v1/actions/log' },
  input: z.strictObject({
    ...actionRequest.shape,
    outcome: z.enum(['executed', 'failed']),
    result: z.json().optional(),
    error: z.string().max(2000).optional(),
  }),
  output: recordedAction,
  errors: [],
  toolset: 'governance',
  idempotent: false,
});
