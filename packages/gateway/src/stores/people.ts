import type { Member } from '@bonafide/core/models';
import type { Key, Page } from './queries.ts';

/** What is stored of people and of how they come in. */
export interface PeopleTables {
  readonly members: MemberTable;
  readonly invitations: InvitationTable;
}

export interface MemberTable {
  insert(member: Member): void;
  /** Writes role, status and time of change. */
  update(member: Member): void;
  get(key: Key): Member | undefined;
  /** Who was not removed and has this address, in whatever case it is written. */
  findByEmail(workspace: string, email: string): Member | undefined;
  list(workspace: string, page: Page): Member[];
  listActiveOwners(workspace: string): Member[];
}

/** The right to become a member, until it is used. */
export interface Invitation {
  readonly workspace: string;
  readonly memberId: string;
  readonly expiresAt: string;
}

export interface InvitationTable {
  insert(invitation: Invitation, hash: string): void;
  findByHash(hash: string): Invitation | undefined;
  /** False when there is none, because it was used or never given. */
  remove(hash: string): boolean;
}
