import { z } from 'zod';
import { id } from '../../models/common.ts';
import { kvKey, kvPlace } from '../../models/kv.ts';
import { defineOperation } from '../define.ts';

export const deleteKey = defineOperation({
  id: 'kv.delete',
  summary: 'Delete one key',
  description:
    'Deletes a key, with ifVersion only when it still has that version, else CONFLICT. Returns whether it was there. A key made again later goes on counting its versions.',
  risk: 'medium',
  access: 'workspace:kv.write',
  http: { method: 'POST', path: '/v1/kv/delete' },
  input: z.strictObject({
    key: kvKey,
    ...kvPlace,
    ifVersion: z.int().min(1).optional(),
    grantId: id.optional().meta({ description: 'To act for a user, within this grant' }),
  }),
  output: z.object({ isDeleted: z.boolean() }),
  errors: ['CONFLICT'],
  toolset: 'coordination',
  idempotent: true,
});
