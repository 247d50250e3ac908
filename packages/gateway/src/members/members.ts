import { BonafideError } from '@bonafide/core/errors';
import type { Member } from '@bonafide/core/models';
import { newId } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import type { Transaction } from '../ledger.ts';
import type { Reader } from '../stores/store.ts';
import { revokeToken } from '../tokens/tokens.ts';

/** A person of the workspace, removed ones included; NOT_FOUND otherwise. */
export function getMember({ tables, workspace }: Reader, memberId: string): Member {
  const member = tables.members.get({ workspace, id: memberId });
  if (!member) throw new BonafideError('NOT_FOUND', 'There is no such person in this workspace.');
  return member;
}

/** Makes a person; its email address stays out of log and stream. */
export function addMember(
  tx: Transaction,
  { email, ...person }: Pick<Member, 'name' | 'role' | 'status'> & { readonly email?: string | undefined },
): Member {
  const member: Member = {
    ...{ memberId: newId(tx.nowMs), workspace: tx.workspace, ...person },
    ...(email === undefined ? {} : { email }),
    ...{ createdAt: tx.now, updatedAt: tx.now },
  };
  tx.tables.workspaces.ensure(tx.workspace, tx.now);
  tx.tables.members.insert(member);
  return member;
}

/** Changes what a person may do, from this commit on; the same role again changes nothing. */
export function setRole(
  tx: Transaction,
  { memberId, role }: { readonly memberId: string; readonly role: Member['role'] },
): Member {
  const member = getMember(tx, memberId);
  if (member.status === 'removed') throw new BonafideError('CONFLICT', 'This person was removed.');
  if (member.role === role) return member;
  assertOwnerRemains(tx, member);
  return changeMember(tx, {
    member,
    change: { role },
    event: 'member.role-changed',
    data: { from: member.role },
  });
}

/** Takes a person out of the workspace with all tokens, at once; removing again changes nothing. */
export function removeMember(
  tx: Transaction,
  { memberId, reason }: { readonly memberId: string; readonly reason?: string | undefined },
): Member {
  const member = getMember(tx, memberId);
  if (member.status === 'removed') return member;
  assertOwnerRemains(tx, member);
  for (const { tokenId } of tx.tables.tokens.listUnrevokedOfMember(tx.workspace, memberId)) {
    revokeToken(tx, tokenId);
  }
  const data = reason === undefined ? {} : { reason };
  return changeMember(tx, { member, change: { status: 'removed' }, event: 'member.removed', data });
}

interface MemberChange {
  readonly member: Member;
  readonly change: Partial<Pick<Member, 'role' | 'status'>>;
  readonly event: string;
  readonly data?: JsonObject;
}

/** Stores the change and records it. */
export function changeMember(tx: Transaction, { member, change, event, data }: MemberChange): Member {
  const changed = { ...member, ...change, updatedAt: tx.now };
  tx.tables.members.update(changed);
  recordMember(tx, { member: changed, event, ...(data ? { data } : {}) });
  return changed;
}

/** To the log and the stream. */
export function recordMember(tx: Transaction, change: Recorded): void {
  auditMember(tx, change);
  tx.event({ type: change.event, subject: change.member.memberId, data: dataOf(change) });
}

/** To the log. */
export function auditMember(tx: Transaction, change: Recorded): void {
  tx.audit({ event: change.event, subject: change.member.memberId, data: dataOf(change) });
}

interface Recorded {
  readonly member: Member;
  readonly event: string;
  readonly data?: JsonObject;
}

// Without the email address: the log is kept for long, and read by many.
function dataOf({ member: { memberId, name, role, status }, data = {} }: Recorded): JsonObject {
  return { memberId, name, role, status, ...data };
}

function assertOwnerRemains(tx: Transaction, { memberId, role, status }: Member): void {
  if (role !== 'owner' || status !== 'active') return;
  const others = tx.tables.members
    .listActiveOwners(tx.workspace)
    .filter((each) => each.memberId !== memberId);
  if (others.length > 0) return;
  throw new BonafideError('CONFLICT', 'This is the last owner. Make another person an owner first.');
}
