import type { DatabaseSync } from 'node:sqlite';
import type { Alert } from '@bonafide/core/models';
import type { AlertCount, AlertTable } from '../../alerts.ts';
import { createSelector, json, optional, orNull, type Row, text } from '../sql.ts';

export function alertTable(database: DatabaseSync): AlertTable {
  const insert = database.prepare(
    `INSERT INTO alerts (severity, status, title, agent_id, data, acknowledged_by, acknowledged_at, resolved_by,
       resolved_at, resolution, note, type, subject, created_at, workspace, alert_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare(
    `UPDATE alerts SET severity = ?, status = ?, title = ?, agent_id = ?, data = ?, acknowledged_by = ?,
       acknowledged_at = ?, resolved_by = ?, resolved_at = ?, resolution = ?, note = ?
     WHERE workspace = ? AND alert_id = ?`,
  );
  return {
    insert(alert) {
      const { type, subject, createdAt, workspace, alertId } = alert;
      insert.run(...stateOf(alert), type, subject, createdAt, workspace, alertId);
    },
    update(alert) {
      update.run(...stateOf(alert), alert.workspace, alert.alertId);
    },
    ...alertReads(database),
  };
}

function alertReads(database: DatabaseSync): Omit<AlertTable, 'insert' | 'update'> {
  const get = database.prepare('SELECT * FROM alerts WHERE alert_id = ? AND workspace = ?');
  const unresolved = database.prepare(
    `SELECT * FROM alerts WHERE workspace = ? AND type = ? AND subject = ? AND status <> 'resolved'`,
  );
  const against = database.prepare(
    `SELECT type, severity, count(*) AS count, sum(status <> 'resolved') AS unresolved FROM alerts
     WHERE workspace = ? AND agent_id = ? AND (status <> 'resolved' OR (created_at >= ? AND resolution <> 'falseAlarm'))
     GROUP BY type, severity ORDER BY type, severity`,
  );
  const select = createSelector(database);
  return {
    get: ({ workspace, id }) => toAlert(get.get(id, workspace)),
    getUnresolved: ({ workspace, type, subject }) => toAlert(unresolved.get(workspace, type, subject)),
    list: ({ workspace, status, type, severity, agentId }, { before, limit }) =>
      select({
        from: 'alerts',
        where: [
          ['workspace = ?', workspace],
          ['status = ?', status],
          ['type = ?', type],
          ['severity = ?', severity],
          ['agent_id = ?', agentId],
          ['alert_id < ?', before],
        ],
        orderBy: 'alert_id DESC',
        limit,
      }).flatMap((row) => toAlert(row) ?? []),
    listCountsAgainst: ({ workspace, id }, since) => against.all(workspace, id, since).map(toCount),
  };
}

function stateOf(alert: Alert): (string | null)[] {
  return [
    ...[alert.severity, alert.status, alert.title, orNull(alert.agentId), JSON.stringify(alert.data)],
    ...[orNull(alert.acknowledgedBy), orNull(alert.acknowledgedAt), orNull(alert.resolvedBy)],
    ...[orNull(alert.resolvedAt), orNull(alert.resolution), orNull(alert.note)],
  ];
}

function toAlert(row: Row | undefined): Alert | undefined {
  if (!row) return undefined;
  return {
    alertId: text(row, 'alert_id'),
    workspace: text(row, 'workspace'),
    type: text(row, 'type') as Alert['type'],
    severity: text(row, 'severity') as Alert['severity'],
    status: text(row, 'status') as Alert['status'],
    title: text(row, 'title'),
    subject: text(row, 'subject'),
    ...optional(row, 'agent_id', 'agentId'),
    data: json(row, 'data'),
    createdAt: text(row, 'created_at'),
    ...optional(row, 'acknowledged_by', 'acknowledgedBy'),
    ...optional(row, 'acknowledged_at', 'acknowledgedAt'),
    ...optional(row, 'resolved_by', 'resolvedBy'),
    ...optional(row, 'resolved_at', 'resolvedAt'),
    ...(row.resolution === null
      ? {}
      : { resolution: text(row, 'resolution') as NonNullable<Alert['resolution']> }),
    ...optional(row, 'note', 'note'),
  };
}

function toCount(row: Row): AlertCount {
  return {
    type: text(row, 'type') as Alert['type'],
    severity: text(row, 'severity') as Alert['severity'],
    count: Number(row.count),
    unresolved: Number(row.unresolved),
  };
}
