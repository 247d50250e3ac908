import { randomBytes } from 'node:crypto';
import { BonafideError } from '@bonafide/core/errors';
import type { Webhook } from '@bonafide/core/models';
import { newId } from '../ids.ts';
import type { Transaction } from '../ledger.ts';
import type { SecretBox } from '../secret-box.ts';
import type { Reader } from '../stores/store.ts';
import type { StoredWebhook } from '../stores/webhooks.ts';

/** Each costs a read of every event and keeps connections open, so one workspace cannot have any number. */
const MAX_WEBHOOKS = 20;
const SECRET_PREFIX = 'whsec_';
const SECRET_BYTES = 32;

export interface NewWebhook {
  readonly url: string;
  readonly types: readonly string[];
}

/** Makes a webhook for what happens from now on, with its secret, which nothing shows again. */
export function createWebhook(
  tx: Transaction,
  { url, types, secrets }: NewWebhook & { readonly secrets: SecretBox },
): Webhook & { secret: string } {
  const { workspace } = tx;
  if (tx.tables.webhooks.list(workspace, { limit: MAX_WEBHOOKS }).length === MAX_WEBHOOKS) {
    throw new BonafideError('CONFLICT', `A workspace has at most ${MAX_WEBHOOKS} webhooks.`);
  }
  const webhookId = newId(tx.nowMs);
  const secret = SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64');
  recordWebhook(tx, { type: 'webhook.created', webhook: { webhookId, url, types } });
  const webhook: StoredWebhook = {
    ...{ webhookId, workspace, url, types: [...new Set(types)], status: 'active' },
    sealedSecret: secrets.seal(secret, webhookId),
    // After its own creation was recorded: it begins with what comes next.
    cursor: tx.tables.events.getBounds().newest,
    ...{ createdBy: tx.actor, createdAt: tx.now },
  };
  tx.tables.webhooks.insert(webhook);
  return { ...presentWebhook(webhook), secret };
}

/** Removes a webhook with all that was sent or still waits. */
export function deleteWebhook(tx: Transaction, webhookId: string): Webhook {
  const webhook = getWebhook(tx, webhookId);
  tx.tables.webhooks.remove({ workspace: tx.workspace, id: webhookId });
  recordWebhook(tx, { type: 'webhook.deleted', webhook });
  return presentWebhook(webhook);
}

/** Ends sending to a webhook for good; it stays to be looked at. */
export function disableWebhook(
  tx: Transaction,
  { webhook, reason }: { webhook: StoredWebhook; reason: string },
): void {
  tx.tables.webhooks.update({ ...webhook, status: 'disabled', disabledReason: reason });
  tx.tables.deliveries.giveUp({ workspace: webhook.workspace, id: webhook.webhookId }, reason);
  recordWebhook(tx, { type: 'webhook.disabled', webhook, data: { reason } });
}

/** NOT_FOUND when the workspace has no such webhook. */
export function getWebhook({ tables, workspace }: Reader, webhookId: string): StoredWebhook {
  const webhook = tables.webhooks.get({ workspace, id: webhookId });
  if (webhook) return webhook;
  throw new BonafideError('NOT_FOUND', `There is no webhook ${webhookId}.`);
}

/** Without secret and bookkeeping. */
export function presentWebhook(webhook: StoredWebhook): Webhook {
  const { sealedSecret: _, cursor: _cursor, failingSince: _since, ...shown } = webhook;
  return shown;
}

type RecordedWebhook = Pick<StoredWebhook, 'webhookId' | 'url'> & { readonly types: readonly string[] };

function recordWebhook(
  tx: Transaction,
  { type, webhook, data = {} }: { type: string; webhook: RecordedWebhook; data?: { reason?: string } },
): void {
  const { webhookId, types } = webhook;
  // Only the host: the path of such an address is often a secret itself.
  const { host } = new URL(webhook.url);
  tx.record({ type, subject: webhookId, data: { webhookId, host, types: [...types], ...data } });
}
