import { BonafideError, ValidationError } from '@bonafide/core/errors';
import type { AccessLevel, DelegationGrant, Member } from '@bonafide/core/models';
import { operationList } from '@bonafide/core/operations';
import type { Context } from '../context.ts';
import { matchesExactly } from '../glob.ts';
import { newId } from '../ids.ts';
import type { Transaction } from '../ledger.ts';
import { getMember } from '../members/members.ts';
import type { Place } from '../sessions/place.ts';
import type { GrantQuery } from '../stores/grants.ts';
import { DAY_MS } from '../time.ts';
import { delegatesOf, requireDelegate } from './delegate.ts';

/** After which a grant must be given again, so that none is forgotten for good. */
const MAX_TTL_MS = 366 * DAY_MS;

export interface NewGrant {
  readonly subject?: string | undefined;
  readonly delegate: string;
  readonly operations: readonly string[];
  readonly level: AccessLevel;
  readonly reason?: string | undefined;
  readonly expiresAt: string;
}

/** Who gives or takes back, with the role of the token in use. */
export interface Person {
  readonly memberId: string;
  readonly role: Place['role'];
}

/** The person that calls; undefined for agents and machines. */
export function personOf({ principal }: Pick<Context, 'principal'>, { role }: Place): Person | undefined {
  const member = principal.kind === 'token' ? principal.member : undefined;
  return member && { memberId: member.memberId, role };
}

/** Lets the delegate act for a user: given by the user itself, by an owner for anybody, by an approver for all but owners. */
export function createGrant(
  tx: Transaction,
  { input, by }: { readonly input: NewGrant; readonly by: Person | undefined },
): DelegationGrant {
  const subject = subjectOf(tx, { wanted: input.subject, by });
  assertTime(tx, input.expiresAt);
  input.operations.forEach(assertOperations);
  const grant: DelegationGrant = {
    ...{ grantId: newId(tx.nowMs), subject: subject.memberId },
    ...{ delegate: requireDelegate(tx, input.delegate), operations: [...new Set(input.operations)] },
    level: input.level,
    ...(input.reason === undefined ? {} : { reason: input.reason }),
    ...{ createdBy: tx.actor, createdAt: tx.now, expiresAt: new Date(input.expiresAt).toISOString() },
  };
  tx.tables.grants.insert(tx.workspace, grant);
  recordGrant(tx, { type: 'grant.created', grant });
  return grant;
}

/** Ends a grant at once, by its user, who gave it, or an owner; revoking again changes nothing. */
export function revokeGrant(
  tx: Transaction,
  { grantId, by }: { readonly grantId: string; readonly by: Person | undefined },
): DelegationGrant {
  const key = { workspace: tx.workspace, id: grantId };
  const grant = tx.tables.grants.get(key);
  const isTheirs = by?.role === 'owner' || by?.memberId === grant?.subject || tx.actor === grant?.createdBy;
  if (!grant || !by || !isTheirs) throw new BonafideError('NOT_FOUND', 'There is no such grant of yours.');
  if (grant.revokedAt !== undefined) return grant;
  tx.tables.grants.revoke(key, tx.now);
  const revoked = { ...grant, revokedAt: tx.now };
  recordGrant(tx, { type: 'grant.revoked', grant: revoked });
  return revoked;
}

/** Which grants the caller sees: an owner all, everybody else what it gave, holds or is the user of. */
export function visibleGrants(context: Context, place: Place): GrantQuery {
  const { workspace } = context;
  const person = personOf(context, place);
  if (person?.role === 'owner') return { workspace };
  return { workspace, concerning: [...delegatesOf(place), ...(person ? [person.memberId] : [])] };
}

function subjectOf(
  tx: Transaction,
  { wanted, by }: { readonly wanted: string | undefined; readonly by: Person | undefined },
): Member {
  if (!by) throw new BonafideError('FORBIDDEN', 'Only a person lets somebody act for a user.');
  const subject = getMember(tx, wanted ?? by.memberId);
  if (subject.status !== 'active') throw new BonafideError('NOT_FOUND', 'This user is not in the workspace.');
  const isAllowed =
    subject.memberId === by.memberId ||
    by.role === 'owner' ||
    // Else an approver could give its own agent all that an owner may.
    (by.role === 'approver' && subject.role !== 'owner');
  if (isAllowed) return subject;
  throw new BonafideError('FORBIDDEN', 'A user gives this for itself; for others an owner does.');
}

function assertTime({ nowMs }: Transaction, expiresAt: string): void {
  const ms = Date.parse(expiresAt);
  if (ms > nowMs && ms <= nowMs + MAX_TTL_MS) return;
  throw invalid('expiresAt', 'must be later than now and at most one year away');
}

/** A pattern that names no operation is a slip of the pen: it would never let anybody do what was meant. */
function assertOperations(pattern: string): void {
  if (operationList.some(({ id }) => matchesExactly(pattern, id))) return;
  throw invalid('operations', `must name operations: there is none like ${pattern}`);
}

function recordGrant(
  tx: Transaction,
  { type, grant }: { readonly type: string; readonly grant: DelegationGrant },
): void {
  const { grantId, subject, delegate, operations, level, expiresAt } = grant;
  const data = { grantId, onBehalfOf: subject, delegate, operations, level, expiresAt };
  tx.record({ type, subject: grantId, data });
}

function invalid(path: string, message: string): ValidationError {
  return new ValidationError(`The ${path} ${message}.`, { issues: [{ path, message }] });
}
