import { z } from 'zod';
import { id, page, pageInput } from '../../models/common.ts';
import { kvEntry, kvPlace, kvPrefix } from '../../models/kv.ts';
import { defineOperation } from '../define.ts';

export const listKeys = defineOperation({
  id: 'kv.list',
  summary: 'List keys by their beginning',
  description:
    'Lists keys that the caller may read, with their values, in the order of their UTF-8 bytes, each exactly once however often the list is continued. A page may be short, even empty: only without nextCursor it is the last.',
  risk: 'none',
  access: 'workspace:kv.read',
  http: { method: 'GET', path: '/v1/kv' },
  input: z.strictObject({
    prefix: kvPrefix.optional(),
    ...kvPlace,
    ...pageInput,
    // It holds a key, which is longer than an id.
    cursor: z
      .string()
      .max(1200)
      .optional()
      .meta({ description: 'Opaque; from nextCursor of the previous page' }),
    grantId: id.optional().meta({ description: 'To act for a user, within this grant' }),
  }),
  output: page(kvEntry),
  errors: [],
  toolset: 'coordination',
  idempotent: true,
});
