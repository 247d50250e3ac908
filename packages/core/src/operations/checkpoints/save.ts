import { z } from 'zod';
import { checkpointInfo, checkpointKey } from '../../models/checkpoint.ts';
import { defineOperation } from '../define.ts';

export const saveCheckpoint = defineOperation({
  id: 'checkpoints.save',
  summary: 'Save the own state',
  description:
    'Saves a state under a key of the caller, replacing the one before; with ifVersion only when that is still the current version (0: none yet), else CONFLICT. It survives restarts of caller and gateway.',
  risk: 'low',
  access: 'workspace:checkpoints.write',
  http: { method: 'POST', path: '/v1/checkpoints' },
  input: z.strictObject({
    key: checkpointKey.default('default'),
    data: z.json(),
    ifVersion: z.int().min(0).optional(),
    ttlSeconds: z.int().min(1).max(31_536_000).optional(),
  }),
  output: checkpointInfo,
  errors: ['CONFLICT', 'PAYLOAD_TOO_LARGE', 'LIMIT_EXCEEDED'],
  toolset: 'coordination',
  idempotent: true,
});
