import { z } from 'zod';
import { id } from '../../models/common.ts';
import { connection } from '../../models/connection.ts';
import { defineOperation } from '../define.ts';

export const disconnectSession = defineOperation({
  id: 'connections.disconnect',
  summary: 'Close a session',
  description:
    'Tells the session why and closes it, on whichever gateway it is; its client may connect again unless it is also revoked. With isGraceful it may finish what it is doing for some seconds.',
  risk: 'high',
  access: 'workspace:connections.manage',
  http: { method: 'POST', path: '/v1/connections/{sessionId}/disconnect' },
  input: z.strictObject({
    sessionId: id,
    reason: z.string().min(1).max(500),
    isGraceful: z.boolean().default(true),
  }),
  output: connection,
  errors: ['NOT_FOUND'],
  idempotent: true,
});
