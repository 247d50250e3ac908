import { AuthenticationError, BonafideError } from '@bonafide/core/errors';
import type { Member, Token } from '@bonafide/core/models';
import type { Transaction } from '../ledger.ts';
import type { Invitation } from '../stores/people.ts';
import type { Reads } from '../stores/store.ts';
import { DAY_MS } from '../time.ts';
import { createSecret, hashSecret } from '../tokens/secrets.ts';
import { createToken, type NewSecret } from '../tokens/tokens.ts';
import { addMember, changeMember, recordMember } from './members.ts';

/** Recognisable, so that secret scanners find one that leaked. */
const PREFIX = 'bfi_';

const INVITATION_TTL_MS = 7 * DAY_MS;

export interface Invited {
  readonly name: string;
  readonly email?: string | undefined;
  readonly role: Member['role'];
}

/** Invites a person. The invitation exists in the return value only, the store keeps a hash. */
export function inviteMember(tx: Transaction, invited: Invited): Member & { invitation: string } {
  const { email } = invited;
  if (email !== undefined && tx.tables.members.findByEmail(tx.workspace, email)) {
    throw new BonafideError(
      'CONFLICT',
      'Somebody with this email address is in the workspace or invited. Remove that person first to invite again.',
    );
  }
  const member = addMember(tx, { ...invited, status: 'invited' });
  const invitation = createSecret(PREFIX);
  const expiresAt = new Date(tx.nowMs + INVITATION_TTL_MS).toISOString();
  const { workspace, memberId } = member;
  tx.tables.invitations.insert({ workspace, memberId, expiresAt }, hashSecret(invitation));
  recordMember(tx, { member, event: 'member.invited', data: { expiresAt } });
  return { ...member, invitation };
}

/** What the secret invites to; UNAUTHENTICATED when it is not known, was used, or the person was removed meanwhile. */
export function findInvitation({ tables, now }: { tables: Reads; now: string }, secret: string): Invitation {
  const invitation = tables.invitations.findByHash(hashSecret(secret));
  const { workspace = '', memberId: id = '' } = invitation ?? {};
  if (!invitation || tables.members.get({ workspace, id })?.status !== 'invited') {
    throw new AuthenticationError('This invitation is not known, or it was used already.');
  }
  if (invitation.expiresAt <= now) {
    throw new BonafideError('EXPIRED', 'This invitation expired. Ask an owner for another one.');
  }
  return invitation;
}

/** Turns an invitation into the first token of the person, once. */
export function joinWorkspace(tx: Transaction, secret: string): { member: Member; token: Token & NewSecret } {
  const { memberId: id, workspace } = findInvitation(tx, secret);
  tx.tables.invitations.remove(hashSecret(secret));
  const invited = tx.tables.members.get({ workspace, id });
  if (!invited) throw new BonafideError('INTERNAL', 'An invitation has no member.');
  const member = changeMember(tx, { member: invited, change: { status: 'active' }, event: 'member.joined' });
  return { member, token: createToken(tx, { name: `First token of ${member.name}`, role: 'owner', member }) };
}
