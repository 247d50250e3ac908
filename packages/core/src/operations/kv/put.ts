import { z } from 'zod';
import { id } from '../../models/common.ts';
import { kvEntryInfo, kvKey, kvPlace } from '../../models/kv.ts';
import { defineOperation } from '../define.ts';

export const putKey = defineOperation({
  id: 'kv.put',
  summary: 'Write one key',
  description:
    'Writes a value. With ifVersion it is written only when the key still has that version (0: only when it does not exist), else CONFLICT with the current version. Without ttlSeconds a value already there keeps its time to live; null removes it. Returns the new version, and not the value again.',
  risk: 'low',
  access: 'workspace:kv.write',
  http: { method: 'POST', path: '/v1/kv/entry' },
  input: z.strictObject({
    key: kvKey,
    value: z.json(),
    ...kvPlace,
    ifVersion: z.int().min(0).optional(),
    ttlSeconds: z.int().min(1).max(31_536_000).nullable().optional(),
    grantId: id.optional().meta({ description: 'To act for a user, within this grant' }),
  }),
  output: kvEntryInfo,
  errors: ['CONFLICT', 'PAYLOAD_TOO_LARGE', 'LIMIT_EXCEEDED'],
  toolset: 'coordination',
  idempotent: true,
});
