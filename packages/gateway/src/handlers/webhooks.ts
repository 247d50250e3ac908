import { readerOf } from '../context.ts';
import { readPage } from '../paging.ts';
import { presentDelivery, redeliver } from '../webhooks/deliveries.ts';
import { createWebhook, deleteWebhook, getWebhook, presentWebhook } from '../webhooks/webhooks.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const webhookHandlers: HandlersOf<IdsOf<'webhooks'>> = {
  'webhooks.create': async ({ services: { outbound, secrets }, commit }, input) => {
    await outbound.check(input.url);
    return commit((tx) => createWebhook(tx, { ...input, secrets }));
  },
  'webhooks.delete': async ({ commit }, { webhookId }) => commit((tx) => deleteWebhook(tx, webhookId)),
  'webhooks.redeliver': async ({ commit }, input) => commit((tx) => redeliver(tx, input)),
  'webhooks.list': async ({ read, workspace }, input) => {
    const { items, ...rest } = readPage({
      input,
      read: ({ beyond, limit }) => read.webhooks.list(workspace, { before: beyond, limit }),
      keyOf: ({ webhookId }) => webhookId,
    });
    return { items: items.map(presentWebhook), ...rest };
  },
  'webhooks.listDeliveries': async (context, { webhookId, status, ...input }) => {
    const { read, workspace } = context;
    getWebhook(readerOf(context), webhookId);
    const { items, ...rest } = readPage({
      input,
      read: ({ beyond, limit }) =>
        read.deliveries.list({ workspace, webhookId, status }, { before: beyond, limit }),
      keyOf: ({ deliveryId }) => deliveryId,
    });
    return { items: items.map(presentDelivery), ...rest };
  },
};
