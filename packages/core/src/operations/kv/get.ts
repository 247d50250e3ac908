import { z } from 'zod';
import { id } from '../../models/common.ts';
import { kvEntry, kvKey, kvPlace } from '../../models/kv.ts';
import { defineOperation } from '../define.ts';

export const getKey = defineOperation({
  id: 'kv.get',
  summary: 'Read one key',
  description:
    'Returns the value and version of a key; isFound is false when there is none or it has expired.',
  risk: 'none',
  access: 'workspace:kv.read',
  http: { method: 'GET', path: '/v1/kv/entry' },
  input: z.strictObject({
    key: kvKey,
    ...kvPlace,
    grantId: id.optional().meta({ description: 'To act for a user, within this grant' }),
  }),
  output: z.object({ isFound: z.boolean(), entry: kvEntry.optional() }),
  errors: [],
  toolset: 'coordination',
  idempotent: true,
});
