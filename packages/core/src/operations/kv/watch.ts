import { z } from 'zod';
import { id } from '../../models/common.ts';
import { kvChange, kvPlace, kvPrefix } from '../../models/kv.ts';
import { defineStream } from '../define.ts';

export const watchKeys = defineStream({
  id: 'kv.watch',
  summary: 'Follow changes of keys',
  description:
    'Streams the keys under a prefix as they are now and then each change in order, resumable by cursor. A key of the beginning may come again with the same version. After a reset all keys come anew: forget those before.',
  access: 'workspace:kv.read',
  http: { method: 'GET', path: '/v1/kv/watch' },
  input: z.strictObject({
    prefix: kvPrefix.optional(),
    ...kvPlace,
    grantId: id.optional().meta({ description: 'To act for a user, within this grant' }),
  }),
  output: kvChange,
  errors: [],
});
