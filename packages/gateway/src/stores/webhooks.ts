import type { Delivery, Webhook } from '@bonafide/core/models';
import type { Key, Page } from './queries.ts';

/** A webhook as stored: with its secret, sealed, and how far it has read. */
export interface StoredWebhook extends Webhook {
  readonly sealedSecret: string;
  /** Id of the last event it looked at. */
  readonly cursor: number;
  /** When its first attempt failed since the last that did not. */
  readonly failingSince?: string | undefined;
}

export interface WebhookTable {
  insert(webhook: StoredWebhook): void;
  /** Writes status, reason and since when it fails. */
  update(webhook: StoredWebhook): void;
  setCursor(key: Key, cursor: number): void;
  /** With its deliveries. */
  remove(key: Key): void;
  get(key: Key): StoredWebhook | undefined;
  list(workspace: string, page: Page): StoredWebhook[];
  /** Of all workspaces. */
  listActive(): StoredWebhook[];
}

/** A delivery as stored: with what is sent. */
export interface StoredDelivery extends Delivery {
  readonly workspace: string;
  /** The JSON that is signed and sent, the same for every attempt. */
  readonly body: string;
}

export interface DeliveryQuery {
  readonly workspace: string;
  readonly webhookId: string;
  readonly status?: Delivery['status'] | undefined;
}

export interface DeliveryTable {
  insert(delivery: StoredDelivery): void;
  /** Writes status, attempts, the last answer and times. */
  update(delivery: StoredDelivery): void;
  /** What still waits for the webhook becomes failed, for this reason. */
  giveUp(webhook: Key, reason: string): void;
  /** Removes finished ones made before. */
  prune(before: string): void;
  get(key: Key): StoredDelivery | undefined;
  list(query: DeliveryQuery, page: Page): StoredDelivery[];
  /** Waiting ones whose time has come, the longest due first. */
  listDue(webhook: Key, range: { readonly now: string; readonly limit: number }): StoredDelivery[];
  /** When the first one waiting beyond `now` is due. */
  getNextAttemptAt(webhook: Key, now: string): string | undefined;
}

/** What is stored of webhooks and their deliveries. */
export interface WebhookTables {
  readonly webhooks: WebhookTable;
  readonly deliveries: DeliveryTable;
}
