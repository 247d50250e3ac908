import { createWebhook } from './create.ts';
import { deleteWebhook } from './delete.ts';
import { listWebhooks } from './list.ts';
import { listDeliveries } from './list-deliveries.ts';
import { redeliverWebhook } from './redeliver.ts';

export const webhooks = {
  create: createWebhook,
  list: listWebhooks,
  delete: deleteWebhook,
  listDeliveries: listDeliveries,
  redeliver: redeliverWebhook,
};
