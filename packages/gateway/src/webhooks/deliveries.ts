import { BonafideError } from '@bonafide/core/errors';
import type { Delivery } from '@bonafide/core/models';
import { raiseAlert } from '../alerts/raise.ts';
import { toCloudEvent } from '../events/cloud-event.ts';
import { newId } from '../ids.ts';
import type { Transaction } from '../ledger.ts';
import type { StoredEvent } from '../stores/store.ts';
import type { StoredDelivery, StoredWebhook } from '../stores/webhooks.ts';
import { DAY_MS } from '../time.ts';
import { waitAfter } from './schedule.ts';
import { disableWebhook, getWebhook } from './webhooks.ts';

const GONE = 410;
/** A receiver that took nothing for so long is not coming back, and what waits for it would grow without end. */
const DISABLED_AFTER_DAYS = 5;

/** What came of one attempt. */
export type Outcome = { readonly status: number } | { readonly error: string };

/** Queues events for a webhook and remembers how far it read, in one commit: none is lost and none comes twice. */
export function queueDeliveries(
  tx: Transaction,
  options: {
    readonly webhookId: string;
    readonly events: readonly (StoredEvent & { readonly id: number })[];
    readonly cursor: number;
    readonly source: string;
  },
): void {
  const key = { workspace: tx.workspace, id: options.webhookId };
  const webhook = tx.tables.webhooks.get(key);
  if (webhook?.status !== 'active' || webhook.cursor >= options.cursor) return;
  for (const event of options.events) {
    tx.tables.deliveries.insert({
      ...{ deliveryId: newId(tx.nowMs), webhookId: webhook.webhookId, workspace: tx.workspace },
      ...{ eventId: String(event.id), type: event.type },
      body: JSON.stringify(toCloudEvent(event, options.source)),
      ...{ status: 'pending', attempts: 0, nextAttemptAt: tx.now, createdAt: tx.now },
    });
  }
  tx.tables.webhooks.setCursor(key, options.cursor);
}

/** Writes what came of an attempt, and when the next is. */
export function recordOutcome(
  tx: Transaction,
  { deliveryId, outcome, random }: { deliveryId: string; outcome: Outcome; random: number },
): void {
  const delivery = tx.tables.deliveries.get({ workspace: tx.workspace, id: deliveryId });
  // Deleted or given up meanwhile.
  if (delivery?.status !== 'pending') return;
  const webhook = getWebhook(tx, delivery.webhookId);
  const attempted = { ...withoutAnswer(delivery), attempts: delivery.attempts + 1, ...toAnswer(outcome) };
  if (isTaken(outcome)) {
    tx.tables.deliveries.update({ ...attempted, status: 'delivered', deliveredAt: tx.now });
    if (webhook.failingSince) tx.tables.webhooks.update({ ...webhook, failingSince: undefined });
    return;
  }
  const wait = waitAfter(attempted.attempts, random);
  if (wait === undefined) tx.tables.deliveries.update({ ...attempted, status: 'failed' });
  else {
    const nextAttemptAt = new Date(tx.nowMs + wait).toISOString();
    tx.tables.deliveries.update({ ...attempted, nextAttemptAt });
  }
  noteFailure(tx, { webhook, outcome, isLast: wait === undefined });
}

/** Queues a delivery once more, whatever became of it. */
export function redeliver(
  tx: Transaction,
  { webhookId, deliveryId }: { webhookId: string; deliveryId: string },
): Delivery {
  const webhook = getWebhook(tx, webhookId);
  const delivery = tx.tables.deliveries.get({ workspace: tx.workspace, id: deliveryId });
  if (delivery?.webhookId !== webhookId) {
    throw new BonafideError('NOT_FOUND', `This webhook has no delivery ${deliveryId}.`);
  }
  if (webhook.status !== 'active') {
    throw new BonafideError('CONFLICT', 'This webhook is disabled. Create it again to have events sent.');
  }
  const { deliveredAt: _, ...rest } = delivery;
  const queued: StoredDelivery = { ...rest, status: 'pending', nextAttemptAt: tx.now };
  tx.tables.deliveries.update(queued);
  tx.record({ type: 'webhook.redelivered', subject: webhookId, data: { webhookId, deliveryId } });
  return presentDelivery(queued);
}

/** Without what was sent. */
export function presentDelivery({ body: _, workspace: _workspace, ...shown }: StoredDelivery): Delivery {
  return shown;
}

function noteFailure(
  tx: Transaction,
  { webhook, outcome, isLast }: { webhook: StoredWebhook; outcome: Outcome; isLast: boolean },
): void {
  const { webhookId, failingSince = tx.now } = webhook;
  const isGone = 'status' in outcome && outcome.status === GONE;
  const isHopeless = tx.nowMs - Date.parse(failingSince) >= DISABLED_AFTER_DAYS * DAY_MS;
  if (isGone || isHopeless) {
    const reason = isGone
      ? 'The receiver answered 410 Gone.'
      : `Nothing was taken for ${DISABLED_AFTER_DAYS} days.`;
    disableWebhook(tx, { webhook: { ...webhook, failingSince }, reason });
  } else if (!webhook.failingSince) tx.tables.webhooks.update({ ...webhook, failingSince });
  if (!isLast && !isGone && !isHopeless) return;
  raiseAlert(tx, {
    ...{ type: 'webhook.failing', severity: 'warning', subject: webhookId },
    title: `A webhook does not take its events: ${new URL(webhook.url).host}`,
    data: { webhookId, failingSince, ...toAnswer(outcome) },
  });
}

function isTaken(outcome: Outcome): boolean {
  return 'status' in outcome && outcome.status >= 200 && outcome.status < 300;
}

function toAnswer(outcome: Outcome): { lastStatus: number } | { lastError: string } {
  return 'status' in outcome ? { lastStatus: outcome.status } : { lastError: outcome.error };
}

function withoutAnswer(delivery: StoredDelivery): StoredDelivery {
  const { lastStatus: _, lastError: _error, nextAttemptAt: _at, ...rest } = delivery;
  return rest;
}
