import { BonafideError } from '@bonafide/core/errors';
import type { Transaction } from '../ledger.ts';
import type { Place } from '../sessions/place.ts';
import type { Reads } from '../stores/store.ts';

/** A user in whose name is acted, proven by a grant. */
export interface OnBehalf {
  readonly grantId: string;
  /** Id of the user. */
  readonly userId: string;
  /** `uu::<user>`, as recipients see it. */
  readonly address: string;
}

/** The user that the grant lets the caller act for in this operation; FORBIDDEN when it does not. Undefined without a grant. */
export function readOnBehalf(
  _tables: Reads,
  _caller: Place,
  { grantId }: { readonly grantId: string | undefined; readonly operation: string; readonly nowMs: number },
): OnBehalf | undefined {
  if (grantId === undefined) return undefined;
  throw new BonafideError('UNSUPPORTED', 'This is still being built.');
}

/** Writes into the audit log, and beside the grant, that it was used. */
export function noteUse(_tx: Transaction, _use: OnBehalf & { readonly operation: string }): void {}
