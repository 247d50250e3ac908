import type { Alert } from '@bonafide/core/models';
import type { Transaction } from '../ledger.ts';

export type NewAlert = Pick<Alert, 'type' | 'severity' | 'title' | 'subject' | 'agentId' | 'data'>;

/** Raises an alert; one of the same type about the same subject that is still open is kept instead. */
export function raiseAlert(_tx: Transaction, _alert: NewAlert): void {}
