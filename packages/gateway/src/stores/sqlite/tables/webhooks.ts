import type { DatabaseSync } from 'node:sqlite';
import type { StoredWebhook, WebhookTable, WebhookTables } from '../../webhooks.ts';
import { createSelector, json, optional, orNull, type Row, text } from '../sql.ts';
import { deliveryTable } from './deliveries.ts';

export function webhookTables(database: DatabaseSync): WebhookTables {
  return { webhooks: webhookTable(database), deliveries: deliveryTable(database) };
}

function webhookTable(database: DatabaseSync): WebhookTable {
  const insert = database.prepare(
    `INSERT INTO webhooks (webhook_id, workspace, url, types, status, disabled_reason, failing_since, sealed_secret,
       cursor, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare(
    'UPDATE webhooks SET status = ?, disabled_reason = ?, failing_since = ? WHERE webhook_id = ? AND workspace = ?',
  );
  const setCursor = database.prepare('UPDATE webhooks SET cursor = ? WHERE webhook_id = ? AND workspace = ?');
  const removeDeliveries = database.prepare('DELETE FROM deliveries WHERE webhook_id = ? AND workspace = ?');
  const remove = database.prepare('DELETE FROM webhooks WHERE webhook_id = ? AND workspace = ?');
  const get = database.prepare('SELECT * FROM webhooks WHERE webhook_id = ? AND workspace = ?');
  const listActive = database.prepare(`SELECT * FROM webhooks WHERE status = 'active' ORDER BY webhook_id`);
  const select = createSelector(database);
  return {
    insert(webhook) {
      const { webhookId, workspace, url, types, sealedSecret, cursor, createdBy, createdAt } = webhook;
      insert.run(
        ...[webhookId, workspace, url, JSON.stringify(types), ...changing(webhook)],
        ...[sealedSecret, cursor, createdBy, createdAt],
      );
    },
    update(webhook) {
      update.run(...changing(webhook), webhook.webhookId, webhook.workspace);
    },
    setCursor({ workspace, id }, cursor) {
      setCursor.run(cursor, id, workspace);
    },
    remove({ workspace, id }) {
      removeDeliveries.run(id, workspace);
      remove.run(id, workspace);
    },
    get({ workspace, id }) {
      const row = get.get(id, workspace);
      return row && toWebhook(row);
    },
    list: (workspace, { before, limit }) =>
      select({
        from: 'webhooks',
        where: [
          ['workspace = ?', workspace],
          ['webhook_id < ?', before],
        ],
        orderBy: 'webhook_id DESC',
        limit,
      }).map(toWebhook),
    listActive: () => listActive.all().map(toWebhook),
  };
}

function changing({ status, disabledReason, failingSince }: StoredWebhook) {
  return [status, orNull(disabledReason), orNull(failingSince)];
}

function toWebhook(row: Row): StoredWebhook {
  return {
    webhookId: text(row, 'webhook_id'),
    workspace: text(row, 'workspace'),
    url: text(row, 'url'),
    types: json(row, 'types'),
    status: text(row, 'status') as StoredWebhook['status'],
    ...optional(row, 'disabled_reason', 'disabledReason'),
    ...optional(row, 'failing_since', 'failingSince'),
    sealedSecret: text(row, 'sealed_secret'),
    cursor: Number(row.cursor),
    createdBy: text(row, 'created_by'),
    createdAt: text(row, 'created_at'),
  };
}
