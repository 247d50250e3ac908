import { z } from 'zod';
import { id } from '../../models/common.ts';
import { delivery } from '../../models/webhook.ts';
import { defineOperation } from '../define.ts';

export const redeliverWebhook = defineOperation({
  id: 'webhooks.redeliver',
  summary: 'Send an event to a webhook again; people only',
  description: 'Queues the delivery for another attempt, with the same id, so that the receiver can tell.',
  risk: 'low',
  access: 'workspace:webhooks.manage',
  http: { method: 'POST', path: '/v1/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver' },
  input: z.strictObject({ webhookId: id, deliveryId: id }),
  output: delivery,
  errors: ['NOT_FOUND', 'CONFLICT'],
  idempotent: false,
});
