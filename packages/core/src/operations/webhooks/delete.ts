import { z } from 'zod';
import { id } from '../../models/common.ts';
import { webhook } from '../../models/webhook.ts';
import { defineOperation } from '../define.ts';

export const deleteWebhook = defineOperation({
  id: 'webhooks.delete',
  summary: 'Stop sending events to an address; people only',
  description: 'Deletes a webhook; deliveries still waiting are given up.',
  risk: 'medium',
  access: 'workspace:webhooks.manage',
  http: { method: 'DELETE', path: '/v1/webhooks/{webhookId}' },
  input: z.strictObject({ webhookId: id }),
  output: webhook,
  errors: ['NOT_FOUND'],
  idempotent: true,
});
