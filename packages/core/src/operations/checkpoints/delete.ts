import { z } from 'zod';
import { checkpointKey } from '../../models/checkpoint.ts';
import { defineOperation } from '../define.ts';

export const deleteCheckpoint = defineOperation({
  id: 'checkpoints.delete',
  summary: 'Delete a saved state',
  description:
    'Deletes one saved state of the caller for good, with ifVersion only when it still has that version, else CONFLICT. Returns whether there was one.',
  risk: 'medium',
  access: 'workspace:checkpoints.write',
  http: { method: 'POST', path: '/v1/checkpoints/delete' },
  input: z.strictObject({ key: checkpointKey.default('default'), ifVersion: z.int().min(1).optional() }),
  output: z.object({ isDeleted: z.boolean() }),
  errors: ['CONFLICT'],
  toolset: 'coordination',
  idempotent: true,
});
