import { z } from 'zod';
import { webhook } from '../../models/webhook.ts';
import { defineOperation } from '../define.ts';

export const createWebhook = defineOperation({
  id: 'webhooks.create',
  summary: 'Have events sent to an address; people only',
  description:
    'Sends events of the given types as signed HTTP requests (Standard Webhooks), again and again until they are taken. The secret is in this answer only. Addresses inside private networks are refused unless the operator allows them.',
  risk: 'medium',
  access: 'workspace:webhooks.manage',
  http: { method: 'POST', path: '/v1/webhooks' },
  input: z.strictObject({
    url: z.url({ protocol: /^https?$/ }).max(2000),
    types: z
      .array(
        z
          .string()
          .regex(
            /^[a-zA-Z]+\.(\*|[a-zA-Z-]+)$/,
            'must be an event type such as approval.requested, or approval.*',
          ),
      )
      .min(1)
      .max(20),
  }),
  output: z.object({ ...webhook.shape, secret: z.string() }),
  errors: ['VALIDATION_FAILED', 'CONFLICT'],
  idempotent: false,
});
