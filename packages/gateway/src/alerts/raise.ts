import type { Alert } from '@bonafide/core/models';
import { newId } from '../ids.ts';
import type { Transaction } from '../ledger.ts';
import { recordAlert } from './state.ts';

export type NewAlert = Pick<Alert, 'type' | 'severity' | 'title' | 'subject' | 'agentId' | 'data'>;

const ranks = { info: 0, warning: 1, high: 2, critical: 3 } as const satisfies Record<
  Alert['severity'],
  number
>;

/**
 * Raises an alert. While one of the same type about the same subject is unresolved that one stands: it takes the new data,
 * and only when matters got worse it opens again with the higher severity. So what repeats itself fills no log.
 */
export function raiseAlert(tx: Transaction, alert: NewAlert): Alert {
  const { workspace } = tx;
  const standing = tx.tables.alerts.getUnresolved({ workspace, type: alert.type, subject: alert.subject });
  if (standing) return raiseAgain(tx, { standing, alert });
  const raised: Alert = {
    alertId: newId(tx.nowMs),
    workspace,
    ...toFields(alert),
    status: 'open',
    createdAt: tx.now,
  };
  tx.tables.alerts.insert(raised);
  recordAlert(tx, { alert: raised, event: 'alert.raised' });
  return raised;
}

function raiseAgain(tx: Transaction, { standing, alert }: { standing: Alert; alert: NewAlert }): Alert {
  if (ranks[alert.severity] > ranks[standing.severity]) {
    // Whoever looked at it saw something milder.
    const { acknowledgedBy, acknowledgedAt, note, ...unseen } = standing;
    const worse: Alert = { ...unseen, ...toFields(alert), status: 'open' };
    tx.tables.alerts.update(worse);
    recordAlert(tx, { alert: worse, event: 'alert.raised' });
    return worse;
  }
  const same: Alert = { ...standing, data: alert.data };
  if (JSON.stringify(same.data) !== JSON.stringify(standing.data)) tx.tables.alerts.update(same);
  return same;
}

// Named one by one: what a caller passes besides must not reach the row.
function toFields({ type, severity, title, subject, agentId, data }: NewAlert): NewAlert {
  return { type, severity, title, subject, data, ...(agentId === undefined ? {} : { agentId }) };
}
