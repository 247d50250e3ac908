import { z } from 'zod';
import { id, page, pageInput } from '../../models/common.ts';
import { kvEntry, kvPlace } from '../../models/kv.ts';
import { defineOperation } from '../define.ts';

export const listKeys = defineOperation({
  id: 'kv.list',
  summary: 'List keys by their beginning',
  description:
    'Lists keys with their values in the order of the keys, each exactly once however often the list is continued.',
  risk: 'none',
  access: 'workspace:kv.read',
  http: { method: 'GET', path: '/v1/kv' },
  input: z.strictObject({
    prefix: z.string().max(256).optional(),
    ...kvPlace,
    ...pageInput,
    grantId: id.optional().meta({ description: 'To act for a user, within this grant' }),
  }),
  output: page(kvEntry),
  errors: [],
  toolset: 'coordination',
  idempotent: true,
});
