import { BonafideError } from '@bonafide/core/errors';
import { type AccessLevel, type DelegationGrant, formatAddress, type Member } from '@bonafide/core/models';
import { findOperation } from '@bonafide/core/operations';
import { matchesExactly } from '../glob.ts';
import { isGranted } from '../http/scopes.ts';
import type { Transaction } from '../ledger.ts';
import type { Place } from '../sessions/place.ts';
import type { Reads } from '../stores/store.ts';
import { delegatesOf } from './delegate.ts';

/** A user in whose name is acted, proven by a grant. */
export interface OnBehalf {
  readonly grantId: string;
  /** Id of the user. */
  readonly userId: string;
  /** `uu::<user>`, as recipients see it. */
  readonly address: string;
  /** The user where it is at home, with no more than the grant gives: what `explainLevel` and `assertLevel` take. */
  readonly place: Place;
}

type GrantReads = Pick<Reads, 'grants' | 'members'>;

interface Use {
  readonly grantId: string | undefined;
  readonly operation: string;
  readonly nowMs: number;
  /** That what is done takes at least, where no acl is asked in the name of the user. */
  readonly level?: AccessLevel | undefined;
}

/** A use of the same operation of the same grant is written into the log once in this time. */
const NOTE_EVERY_MS = 60_000;

/** The user that the grant lets the caller act for in this operation; FORBIDDEN when it does not. Undefined without a grant. */
export function readOnBehalf(tables: GrantReads, caller: Place, use: Use): OnBehalf | undefined {
  const { grantId } = use;
  if (grantId === undefined) return undefined;
  const { home: workspace, now } = caller;
  const grant = tables.grants.get({ workspace, id: grantId });
  // One answer for what is not there and what is another's: ids of grants are no way to find out.
  if (!grant || !delegatesOf(caller).includes(grant.delegate) || caller.workspace !== workspace) {
    throw refused(`${caller.name} holds no grant ${grantId}.`, 'unknown');
  }
  assertAlive(grant, use);
  const member = activeMember(tables, { workspace, grant });
  assertMayItself(member, use.operation);
  const address = { type: 'user', user: member.memberId, window: 'grant' } as const;
  return {
    ...{ grantId, userId: member.memberId, address: `uu::${member.memberId}` },
    place: {
      ...{ workspace, home: workspace, address, name: formatAddress(address) },
      ...{ actor: `member:${member.memberId}`, role: member.role, maxLevel: grant.level, now },
    },
  };
}

/** Writes into the audit log, and beside the grant, that it was used: at most once a minute for each operation. */
export function noteUse(
  tx: Transaction,
  { grantId, userId, operation }: Pick<OnBehalf, 'grantId' | 'userId'> & { readonly operation: string },
): void {
  const { tables, workspace, now, nowMs } = tx;
  const key = { workspace, id: grantId };
  const notedAt = tables.grants.getNotedAt(key, operation);
  // A clock that was set back must not silence the log until it has caught up.
  if (notedAt !== undefined && Math.abs(nowMs - Date.parse(notedAt)) < NOTE_EVERY_MS) return;
  tables.grants.noteUse(key, { operation, at: now });
  tx.audit({ event: 'grant.used', subject: grantId, data: { grantId, operation, onBehalfOf: userId } });
}

function assertAlive({ grantId, revokedAt, expiresAt, ...grant }: DelegationGrant, use: Use): void {
  const { operations, level } = grant;
  if (revokedAt !== undefined) throw refused(`The grant ${grantId} was revoked.`, 'revoked');
  if (Date.parse(expiresAt) <= use.nowMs) throw refused(`The grant ${grantId} has expired.`, 'expired');
  if (use.level !== undefined && level < use.level)
    throw refused(`The grant ${grantId} is for less than ${use.operation} takes.`, 'level');
  if (operations.some((pattern) => matchesExactly(pattern, use.operation))) return;
  throw refused(`The grant ${grantId} is not for ${use.operation}.`, 'operation');
}

function activeMember(
  { members }: GrantReads,
  { workspace, grant }: { readonly workspace: string; readonly grant: DelegationGrant },
): Member {
  const member = members.get({ workspace, id: grant.subject });
  if (member?.status === 'active') return member;
  throw refused('The user of this grant is no longer in the workspace.', 'subject');
}

function assertMayItself({ role }: Member, operation: string): void {
  const found = findOperation(operation);
  const access = found === undefined || found.kind === 'local' ? 'enrolment' : found.access;
  if (access === 'public' || (access !== 'enrolment' && isGranted(role, access))) return;
  throw refused(`The user of this grant may not call ${operation}.`, 'role');
}

function refused(message: string, reason: string): BonafideError {
  return new BonafideError('FORBIDDEN', message, { details: { reason } });
}
