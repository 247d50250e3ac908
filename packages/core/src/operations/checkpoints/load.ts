import { z } from 'zod';
import { checkpointInfo, checkpointKey } from '../../models/checkpoint.ts';
import { defineOperation } from '../define.ts';

export const loadCheckpoint = defineOperation({
  id: 'checkpoints.load',
  summary: 'Load the own state',
  description:
    'Returns the state last saved under a key; isFound is false when there is none, which an empty state is not.',
  risk: 'none',
  access: 'workspace:checkpoints.read',
  http: { method: 'GET', path: '/v1/checkpoints/entry' },
  input: z.strictObject({ key: checkpointKey.default('default') }),
  output: z.object({
    isFound: z.boolean(),
    data: z.json().optional(),
    checkpoint: checkpointInfo.optional(),
  }),
  errors: [],
  toolset: 'coordination',
  idempotent: true,
});
