import { BonafideError } from '@bonafide/core/errors';
import type { Alert } from '@bonafide/core/models';
import type { Transaction } from '../ledger.ts';
import type { Reader } from '../stores/store.ts';

/** The stored alert; NOT_FOUND outside the workspace. */
export function getAlert(reader: Reader, alertId: string): Alert {
  const alert = reader.tables.alerts.get({ workspace: reader.workspace, id: alertId });
  if (!alert) throw new BonafideError('NOT_FOUND', 'There is no such alert in this workspace.');
  return alert;
}

/** Writes what became of an alert to the log and the stream; its data stays in the alert, which not everybody may read. */
export function recordAlert(tx: Transaction, { alert, event }: { alert: Alert; event: string }): void {
  const { alertId, type, severity, status, subject, agentId, resolution } = alert;
  const optional = { ...(agentId ? { agentId } : {}), ...(resolution ? { resolution } : {}) };
  tx.record({
    type: event,
    subject: alertId,
    data: { alertId, type, severity, status, subject, ...optional },
  });
}
