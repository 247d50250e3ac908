import { z } from 'zod';
import { id, page, pageInput } from '../../models/common.ts';
import { delivery, deliveryStatus } from '../../models/webhook.ts';
import { defineOperation } from '../define.ts';

export const listDeliveries = defineOperation({
  id: 'webhooks.listDeliveries',
  summary: 'List what was sent to a webhook; people only',
  description: 'Lists deliveries with their attempts and the last answer, newest first.',
  risk: 'none',
  access: 'workspace:webhooks.manage',
  http: { method: 'GET', path: '/v1/webhooks/{webhookId}/deliveries' },
  input: z.strictObject({ webhookId: id, status: deliveryStatus.optional(), ...pageInput }),
  output: page(delivery),
  errors: ['NOT_FOUND'],
  idempotent: true,
});
