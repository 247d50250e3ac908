import { BonafideError } from '@bonafide/core/errors';
import type { Transaction } from '../ledger.ts';
import { assertHolder } from '../sessions/presence.ts';
import type { Session } from '../sessions/session.ts';
import type { StoredTask } from '../stores/tasks.ts';
import { SECOND_MS } from '../time.ts';

/** How long a lease of a session outlives the gateway that renews it. */
export const SESSION_LEASE_MS = 30 * SECOND_MS;
/** In this time a client that lost its connection may resume, and keep its tasks. */
export const RESUME_GRACE_MS = 5 * SECOND_MS;

/** Until when a worker has a task, and by what. */
export type Lease = Pick<StoredTask, 'sessionId' | 'gatewayId' | 'leaseExpiresAt'>;

export interface LeaseHolder {
  readonly session: Session | undefined;
  readonly gatewayId: string;
  readonly leaseSeconds: number;
}

/** A lease for a claim that is committed now: over a session it lives with the session; CONFLICT when that is over. */
export function newLease(tx: Transaction, { session, gatewayId, leaseSeconds }: LeaseHolder): Lease {
  if (!session)
    return {
      leaseExpiresAt: after(tx, leaseSeconds * SECOND_MS),
      sessionId: undefined,
      gatewayId: undefined,
    };
  if (session.signal.aborted) throw new BonafideError('CONFLICT', `This session of ${session.name} is over.`);
  // Another gateway may have taken this one for dead and the address away from it.
  assertHolder(tx.tables, session);
  return { leaseExpiresAt: after(tx, SESSION_LEASE_MS), sessionId: session.sessionId, gatewayId };
}

/** The session is gone: who resumes it within the grace keeps what it holds. */
export function releaseSession(
  tx: Transaction,
  { sessionId, gatewayId }: { readonly sessionId: string; readonly gatewayId: string },
): void {
  tx.tables.tasks.endLeases({ gatewayId, sessionId }, after(tx, RESUME_GRACE_MS));
}

/**
 * What the address held in its last session goes over to the new one when that resumes it, which its client asked for by
 * the token of the last; a client that begins anew knows nothing of those tasks, and they end.
 */
export function adoptLeases(
  tx: Transaction,
  { session, gatewayId }: { readonly session: Session; readonly gatewayId: string },
): void {
  const { workspace, name, sessionId } = session;
  if (session.signal.aborted || !tx.tables.sessions.get(sessionId)) return;
  for (const task of tx.tables.tasks.listOfSessions(workspace, name)) {
    // A lease that is over is not revived, though the sweep has not come by yet.
    if (task.sessionId === sessionId || isOver(task, tx.now)) continue;
    const lease = session.isResumed
      ? { sessionId, gatewayId, leaseExpiresAt: after(tx, SESSION_LEASE_MS) }
      : { gatewayId: undefined, leaseExpiresAt: tx.now };
    tx.tables.tasks.update({ ...task, ...lease }, task);
  }
}

/** Whether a lease is over. */
export function isOver({ leaseExpiresAt }: Pick<StoredTask, 'leaseExpiresAt'>, now: string): boolean {
  return leaseExpiresAt === undefined || leaseExpiresAt <= now;
}

function after({ nowMs }: Transaction, ms: number): string {
  return new Date(nowMs + ms).toISOString();
}
