import { z } from 'zod';
import { recordedAction } from '../../models/action.ts';
import { id } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const startAction = defineOperation({
  id: 'actions.start',
  summary: 'Use an approval up, right before running',
  description:
    'Moves an approved action to running: once, by the agent that asked, for exactly the parameters that were approved. Call it after a person approved, before the work is done; a second call and other parameters are refused and change nothing. Report the end with actions.complete.',
  risk: 'low',
  access: 'workspace:actions.write',
  http: { method: 'POST', path: '/v1/actions/{actionId}/start' },
  input: z.strictObject({ actionId: id, parametersDigest: z.string().max(64) }),
  output: recordedAction,
  errors: ['NOT_FOUND', 'CONFLICT', 'FORBIDDEN', 'EXPIRED'],
  toolset: 'governance',
  idempotent: false,
});
