import { z } from 'zod';
import { id } from '../../models/common.ts';
import { kvKey, kvPlace } from '../../models/kv.ts';
import { defineOperation } from '../define.ts';

export const incrementKey = defineOperation({
  id: 'kv.increment',
  summary: 'Add to a number under a key',
  description:
    'Adds to an integer, 0 when the key does not exist, at once and for all callers in order. With atMost or atLeast nothing is changed when the bound would be passed, and isApplied is false. The time to live stays unless ttlSeconds is given. CONFLICT when the value is no integer, LIMIT_EXCEEDED when the sum is beyond what JSON numbers hold exactly.',
  risk: 'low',
  access: 'workspace:kv.write',
  http: { method: 'POST', path: '/v1/kv/increment' },
  input: z.strictObject({
    key: kvKey,
    by: z.int().default(1),
    atLeast: z.int().optional(),
    atMost: z.int().optional(),
    ...kvPlace,
    ttlSeconds: z.int().min(1).max(31_536_000).optional(),
    grantId: id.optional().meta({ description: 'To act for a user, within this grant' }),
  }),
  output: z.object({ isApplied: z.boolean(), value: z.int(), version: z.int() }),
  errors: ['CONFLICT', 'LIMIT_EXCEEDED'],
  toolset: 'coordination',
  idempotent: false,
});
