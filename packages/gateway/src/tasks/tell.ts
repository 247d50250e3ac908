import { BonafideError } from '@bonafide/core/errors';
import { type MessageKind, parseAddress } from '@bonafide/core/models';
import type { Transaction } from '../ledger.ts';
import { putMessage } from '../messages/put.ts';
import { routeOf } from '../messages/route.ts';

/** Who sends what nobody in particular sends. */
const GATEWAY = 'sv::bonafide::gateway';

export interface Tidings {
  /** Canonical address. */
  readonly to: string;
  readonly kind: MessageKind;
  readonly messageId: string;
  readonly body: object;
  /** Epoch milliseconds. */
  readonly expiresAt?: number | undefined;
}

/** Puts a message of the gateway itself into an inbox of the workspace; false when the inbox is full. */
export function tell(tx: Transaction, { to, body, ...tidings }: Tidings): boolean {
  const { workspace } = tx;
  const sender = { workspace, address: GATEWAY };
  const route = routeOf(parseAddress(to), workspace);
  try {
    putMessage(tx, { ...tidings, body: JSON.stringify(body), sender, route });
    return true;
  } catch (cause) {
    if (BonafideError.is(cause) && cause.code === 'LIMIT_EXCEEDED') return false;
    throw cause;
  }
}
