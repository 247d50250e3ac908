import { z } from 'zod';
import { recordedAction } from '../../models/action.ts';
import { id } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const completeAction = defineOperation({
  id: 'actions.complete',
  summary: 'Report the outcome of an approved action',
  description:
    'Ends an approved action as executed or failed; once only, by the agent that asked. `parametersDigest` must be that of the approved parameters: an approval is used up by exactly what was approved, and a mismatch leaves it unused.',
  risk: 'low',
  access: 'workspace:actions.write',
  http: { method: 'POST', path: '/v1/actions/{actionId}/complete' },
  input: z.strictObject({
    actionId: id,
    outcome: z.enum(['executed', 'failed']),
    parametersDigest: z.string().max(64),
    result: z.json().optional(),
    error: z.string().max(2000).optional(),
  }),
  output: recordedAction,
  errors: ['NOT_FOUND', 'CONFLICT', 'FORBIDDEN', 'EXPIRED'],
  toolset: 'governance',
  isDefaultTool: true,
  idempotent: false,
});
