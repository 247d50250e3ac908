import type { DatabaseSync } from 'node:sqlite';
import type { DeliveryTable, StoredDelivery } from '../../webhooks.ts';
import { createSelector, optional, orNull, type Row, text } from '../sql.ts';

export function deliveryTable(database: DatabaseSync): DeliveryTable {
  const insert = database.prepare(
    `INSERT INTO deliveries (status, attempts, last_status, last_error, next_attempt_at, delivered_at, delivery_id,
       webhook_id, workspace, event_id, type, body, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare(
    `UPDATE deliveries SET status = ?, attempts = ?, last_status = ?, last_error = ?, next_attempt_at = ?,
       delivered_at = ? WHERE delivery_id = ? AND workspace = ?`,
  );
  const giveUp = database.prepare(
    `UPDATE deliveries SET status = 'failed', last_error = ?, next_attempt_at = NULL
     WHERE webhook_id = ? AND workspace = ? AND status = 'pending'`,
  );
  const prune = database.prepare(`DELETE FROM deliveries WHERE status <> 'pending' AND created_at < ?`);
  const get = database.prepare('SELECT * FROM deliveries WHERE delivery_id = ? AND workspace = ?');
  const due = database.prepare(
    `SELECT * FROM deliveries WHERE webhook_id = ? AND workspace = ? AND status = 'pending' AND next_attempt_at <= ?
     ORDER BY next_attempt_at, delivery_id LIMIT ?`,
  );
  const next = database.prepare(
    `SELECT min(next_attempt_at) AS at FROM deliveries
     WHERE webhook_id = ? AND workspace = ? AND status = 'pending' AND next_attempt_at > ?`,
  );
  const select = createSelector(database);
  return {
    insert(delivery) {
      const { deliveryId, webhookId, workspace, eventId, type, body, createdAt } = delivery;
      insert.run(...changing(delivery), deliveryId, webhookId, workspace, eventId, type, body, createdAt);
    },
    update(delivery) {
      update.run(...changing(delivery), delivery.deliveryId, delivery.workspace);
    },
    giveUp({ workspace, id }, reason) {
      giveUp.run(reason, id, workspace);
    },
    prune(before) {
      prune.run(before);
    },
    get({ workspace, id }) {
      const row = get.get(id, workspace);
      return row && toDelivery(row);
    },
    list: ({ workspace, webhookId, status }, { before, limit }) =>
      select({
        from: 'deliveries',
        where: [
          ['webhook_id = ?', webhookId],
          ['workspace = ?', workspace],
          ['status = ?', status],
          ['delivery_id < ?', before],
        ],
        orderBy: 'delivery_id DESC',
        limit,
      }).map(toDelivery),
    listDue: ({ workspace, id }, { now, limit }) => due.all(id, workspace, now, limit).map(toDelivery),
    getNextAttemptAt({ workspace, id }, now) {
      const at = next.get(id, workspace, now)?.at;
      return typeof at === 'string' ? at : undefined;
    },
  };
}

function changing(delivery: StoredDelivery) {
  const { status, attempts, lastStatus, lastError, nextAttemptAt, deliveredAt } = delivery;
  return [
    ...[status, attempts, lastStatus ?? null, orNull(lastError)],
    ...[orNull(nextAttemptAt), orNull(deliveredAt)],
  ];
}

function toDelivery(row: Row): StoredDelivery {
  return {
    deliveryId: text(row, 'delivery_id'),
    webhookId: text(row, 'webhook_id'),
    workspace: text(row, 'workspace'),
    eventId: text(row, 'event_id'),
    type: text(row, 'type'),
    body: text(row, 'body'),
    status: text(row, 'status') as StoredDelivery['status'],
    attempts: Number(row.attempts),
    ...(row.last_status === null ? {} : { lastStatus: Number(row.last_status) }),
    ...optional(row, 'last_error', 'lastError'),
    ...optional(row, 'next_attempt_at', 'nextAttemptAt'),
    createdAt: text(row, 'created_at'),
    ...optional(row, 'delivered_at', 'deliveredAt'),
  };
}
