import type { Store } from '@bonafide/gateway';
import { expect, it } from 'vitest';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

const webhookOf = (webhookId: string, change: object = {}) => ({
  ...{
    webhookId,
    workspace: 'a',
    url: 'https://receiver.example/hook',
    types: ['approval.*', 'agent.revoked'],
  },
  ...{ status: 'active' as const, sealedSecret: 'sealed', cursor: 3, createdBy: 'token:t', createdAt: at(0) },
  ...change,
});

const deliveryOf = (deliveryId: string, change: object = {}) => ({
  ...{
    deliveryId,
    webhookId: 'w1',
    workspace: 'a',
    eventId: '7',
    type: 'approval.requested',
    body: '{"a":1}',
  },
  ...{ status: 'pending' as const, attempts: 0, nextAttemptAt: at(0), createdAt: at(0), ...change },
});

const key = { workspace: 'a', id: 'w1' };
const page = { limit: 10 };

const insert = (store: Store, ...ids: string[]) =>
  store.commit(({ webhooks }) => {
    for (const id of ids) webhooks.insert(webhookOf(id));
  });

/** The part of the suite about webhooks and what was sent to them. */
export function testWebhooks(store: () => Store): void {
  testSubscriptions(store);
  testDeliveries(store);
}

function testSubscriptions(store: () => Store): void {
  it('keeps webhooks of a workspace apart from those of others, newest first', async () => {
    await insert(store(), 'w1', 'w3', 'w2');
    await store().commit(({ webhooks }) => webhooks.insert(webhookOf('x1', { workspace: 'b' })));
    const { webhooks } = store().read;
    expect(webhooks.get(key)).toEqual(webhookOf('w1'));
    expect(webhooks.get({ workspace: 'b', id: 'w1' })).toBeUndefined();
    expect(webhooks.list('a', { limit: 2 }).map(({ webhookId }) => webhookId)).toEqual(['w3', 'w2']);
    expect(webhooks.list('a', { ...page, before: 'w2' }).map(({ webhookId }) => webhookId)).toEqual(['w1']);
    expect(webhooks.listActive()).toHaveLength(4);
  });

  it('changes a webhook only where it belongs', async () => {
    await insert(store(), 'w1');
    const disabled = webhookOf('w1', { status: 'disabled', disabledReason: 'gone', failingSince: at(1) });
    await store().commit(({ webhooks }) => {
      webhooks.update({ ...disabled, workspace: 'b' });
      webhooks.setCursor({ workspace: 'b', id: 'w1' }, 9);
      webhooks.remove({ workspace: 'b', id: 'w1' });
    });
    expect(store().read.webhooks.get(key)).toEqual(webhookOf('w1'));
    await store().commit(({ webhooks }) => {
      webhooks.update(disabled);
      webhooks.setCursor(key, 9);
    });
    expect(store().read.webhooks.get(key)).toEqual({ ...disabled, cursor: 9 });
    expect(store().read.webhooks.listActive()).toEqual([]);
  });
}

function testDeliveries(store: () => Store): void {
  it('lists what is due, the longest due first, and says when the next is', async () => {
    await insert(store(), 'w1', 'w2');
    await store().commit(({ deliveries }) => {
      deliveries.insert(deliveryOf('d1', { nextAttemptAt: at(5) }));
      deliveries.insert(deliveryOf('d2', { nextAttemptAt: at(3) }));
      deliveries.insert(deliveryOf('d3', { nextAttemptAt: at(9) }));
      deliveries.insert(deliveryOf('d4', { status: 'failed', nextAttemptAt: at(1) }));
      deliveries.insert(deliveryOf('d5', { webhookId: 'w2', nextAttemptAt: at(1) }));
    });
    const { deliveries } = store().read;
    const due = (now: string, limit = 10) =>
      deliveries.listDue(key, { now, limit }).map(({ deliveryId }) => deliveryId);
    expect([due(at(2)), due(at(5)), due(at(5), 1)]).toEqual([[], ['d2', 'd1'], ['d2']]);
    expect([at(2), at(3), at(9)].map((now) => deliveries.getNextAttemptAt(key, now))).toEqual([
      ...[at(3), at(5), undefined],
    ]);
    expect(deliveries.listDue({ ...key, workspace: 'b' }, { now: at(9), limit: 9 })).toEqual([]);
  });

  it('writes what came of a delivery, gives the waiting ones up, and removes them with their webhook', async () => {
    await insert(store(), 'w1');
    const delivered = deliveryOf('d1', {
      ...{ status: 'delivered', attempts: 2, lastStatus: 204, deliveredAt: at(2), nextAttemptAt: undefined },
    });
    await store().commit(({ deliveries }) => {
      deliveries.insert(deliveryOf('d1'));
      deliveries.insert(deliveryOf('d2'));
      deliveries.update(delivered);
    });
    const { deliveries } = store().read;
    expect(deliveries.get({ workspace: 'a', id: 'd1' })).toEqual(delivered);
    expect(deliveries.get({ workspace: 'b', id: 'd1' })).toBeUndefined();
    await store().commit((tables) => tables.deliveries.giveUp(key, 'gone'));
    const query = { workspace: 'a', webhookId: 'w1' };
    expect(deliveries.list({ ...query, status: 'failed' }, page)).toMatchObject([
      { deliveryId: 'd2', lastError: 'gone' },
    ]);
    expect(deliveries.list(query, page).map(({ deliveryId }) => deliveryId)).toEqual(['d2', 'd1']);
    expect(deliveries.list({ ...query, workspace: 'b' }, page)).toEqual([]);
    await store().commit(({ webhooks }) => webhooks.remove(key));
    expect(deliveries.list(query, page)).toEqual([]);
  });

  it('removes old deliveries, but none that still waits', async () => {
    await insert(store(), 'w1');
    await store().commit(({ deliveries }) => {
      deliveries.insert(deliveryOf('d1', { status: 'failed' }));
      deliveries.insert(deliveryOf('d2'));
      deliveries.insert(deliveryOf('d3', { status: 'delivered', createdAt: at(5) }));
      deliveries.prune(at(5));
    });
    const kept = store().read.deliveries.list({ workspace: 'a', webhookId: 'w1' }, page);
    expect(kept.map(({ deliveryId }) => deliveryId)).toEqual(['d3', 'd2']);
  });
}
