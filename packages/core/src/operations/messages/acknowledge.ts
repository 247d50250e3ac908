import { z } from 'zod';
import { addressText } from '../../models/address.ts';
import { defineOperation } from '../define.ts';

export const acknowledgeMessages = defineOperation({
  id: 'messages.acknowledge',
  summary: 'Take messages out of the own inbox',
  description:
    'Removes messages that were dealt with, by their sequences. A message that cannot be dealt with is rejected instead, with a reason, and becomes a dead letter. Returns how many were still there.',
  risk: 'low',
  access: 'workspace:messages.write',
  http: { method: 'POST', path: '/v1/messages/acknowledge' },
  input: z.strictObject({
    address: addressText.optional(),
    sequences: z.array(z.int().min(1)).min(1).max(1000),
    rejectReason: z
      .string()
      .max(500)
      .optional()
      .meta({ description: 'Present: the messages become dead letters' }),
  }),
  output: z.object({ acknowledged: z.int() }),
  errors: ['FORBIDDEN'],
  toolset: 'coordination',
  idempotent: true,
});
