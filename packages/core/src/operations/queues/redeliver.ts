import { z } from 'zod';
import { id } from '../../models/common.ts';
import { defineOperation } from '../define.ts';

export const redeliverDeadLetter = defineOperation({
  id: 'queues.redeliver',
  summary: 'Put a dead letter back into its inbox',
  description: 'Puts a dead letter back at the end of the inbox it was for, with its attempts counted anew.',
  risk: 'medium',
  access: 'workspace:queues.manage',
  http: { method: 'POST', path: '/v1/dead-letters/{deadLetterId}/redeliver' },
  input: z.strictObject({ deadLetterId: id }),
  output: z.object({ messageId: z.string(), sequence: z.int() }),
  errors: ['NOT_FOUND'],
  idempotent: false,
});
