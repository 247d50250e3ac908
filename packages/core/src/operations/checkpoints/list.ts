import { z } from 'zod';
import { checkpointInfo } from '../../models/checkpoint.ts';
import { page, pageInput } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const listCheckpoints = defineOperation({
  id: 'checkpoints.list',
  summary: 'List the own saved states',
  description: 'Lists what the caller has saved, by key, without the states themselves.',
  risk: 'none',
  access: 'workspace:checkpoints.read',
  http: { method: 'GET', path: '/v1/checkpoints' },
  input: z.strictObject({
    ...pageInput,
    // It holds a key, which is longer than an id.
    cursor: z
      .string()
      .max(600)
      .optional()
      .meta({ description: 'Opaque; from nextCursor of the previous page' }),
  }),
  output: page(checkpointInfo),
  errors: [],
  toolset: 'coordination',
  idempotent: true,
});
