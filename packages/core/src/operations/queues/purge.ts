import { z } from 'zod';
import { addressText } from '../../models/address.ts';
import { defineOperation } from '../define.ts';

export const purgeQueue = defineOperation({
  id: 'queues.purge',
  summary: 'Throw away what waits in one inbox',
  description:
    'Removes every message that waits in an inbox, for good. The audit log keeps how many there were.',
  risk: 'high',
  access: 'workspace:queues.manage',
  http: { method: 'POST', path: '/v1/queues/{address}/purge' },
  input: z.strictObject({ address: addressText, reason: z.string().min(1).max(500) }),
  output: z.object({ removed: z.int() }),
  errors: ['NOT_FOUND'],
  idempotent: true,
});
