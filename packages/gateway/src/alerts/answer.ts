import { BonafideError } from '@bonafide/core/errors';
import type { Alert } from '@bonafide/core/models';
import type { Transaction } from '../ledger.ts';
import { getAlert, recordAlert } from './state.ts';

type Resolution = NonNullable<Alert['resolution']>;

interface Remark {
  readonly alertId: string;
  readonly note?: string | undefined;
}

/** Marks an open alert as seen; who saw it first stays. */
export function acknowledgeAlert(tx: Transaction, { alertId, note }: Remark): Alert {
  const alert = getAlert(tx, alertId);
  if (alert.status === 'acknowledged') return alert;
  if (alert.status === 'resolved') throw new BonafideError('CONFLICT', 'This alert was resolved already.');
  const seen: Alert = {
    ...alert,
    ...(note === undefined ? {} : { note }),
    status: 'acknowledged',
    acknowledgedBy: tx.actor,
    acknowledgedAt: tx.now,
  };
  tx.tables.alerts.update(seen);
  recordAlert(tx, { alert: seen, event: 'alert.acknowledged' });
  return seen;
}

/** Closes an alert. One that was closed otherwise can still be found a false alarm, which is how an agent is cleared. */
export function resolveAlert(
  tx: Transaction,
  { alertId, resolution, note }: Remark & { readonly resolution: Resolution },
): Alert {
  const alert = getAlert(tx, alertId);
  if (alert.resolution === resolution) return alert;
  if (alert.status === 'resolved' && resolution !== 'falseAlarm') {
    throw new BonafideError('CONFLICT', `This alert was resolved as ${alert.resolution} already.`);
  }
  return close(tx, { alert, resolution, note });
}

/** Closes the unresolved alert of a type about a subject, if there is one: what it was about is over. */
export function settleAlert(
  tx: Transaction,
  { note, ...about }: Pick<Alert, 'type' | 'subject'> & { readonly note: string },
): void {
  const alert = tx.tables.alerts.getUnresolved({ workspace: tx.workspace, ...about });
  if (alert) close(tx, { alert, resolution: 'fixed', note });
}

function close(
  tx: Transaction,
  { alert, resolution, note }: { alert: Alert; resolution: Resolution; note: string | undefined },
): Alert {
  const closed: Alert = {
    ...alert,
    ...(note === undefined ? {} : { note }),
    status: 'resolved',
    resolution,
    resolvedBy: tx.actor,
    resolvedAt: tx.now,
  };
  tx.tables.alerts.update(closed);
  recordAlert(tx, { alert: closed, event: 'alert.resolved' });
  return closed;
}
