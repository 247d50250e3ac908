import { z } from 'zod';
import { page, pageInput } from '../../models/common.ts';
import { webhook } from '../../models/webhook.ts';
import { defineOperation } from '../define.ts';

export const listWebhooks = defineOperation({
  id: 'webhooks.list',
  summary: 'List webhooks; people only',
  description: 'Lists the webhooks of the workspace without their secrets, newest first.',
  risk: 'none',
  access: 'workspace:webhooks.manage',
  http: { method: 'GET', path: '/v1/webhooks' },
  input: z.strictObject({ ...pageInput }),
  output: page(webhook),
  errors: [],
  idempotent: true,
});
