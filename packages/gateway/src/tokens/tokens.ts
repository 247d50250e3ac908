import { BonafideError } from '@bonafide/core/errors';
import type { Member, Token } from '@bonafide/core/models';
import { newId } from '../ids.ts';
import type { Transaction } from '../ledger.ts';
import type { Reads } from '../stores/store.ts';
import { createSecret, hashSecret } from './secrets.ts';

/** Recognisable, so that secret scanners find one that leaked. */
const PREFIX = 'bft_';

export interface NewToken {
  readonly name: string;
  /** Of a person's token the most it may do: never more than the person's own role, whatever that becomes. */
  readonly role: Token['role'];
  readonly expiresAt?: string | undefined;
  /** Whose it is; machines' tokens are nobody's. */
  readonly member?: Member | undefined;
  /** The only one it connects as; with role `task`. */
  readonly address?: string | undefined;
}

export interface NewSecret {
  readonly secret: string;
}

/** Makes a token; its secret exists in the return value only, the store keeps a hash. */
export function createToken(
  tx: Transaction,
  { name, role, expiresAt, member, address }: NewToken,
): Token & NewSecret {
  if (member === undefined && !isMachineRole(role)) {
    throw new BonafideError('FORBIDDEN', `A token with the role ${role} belongs to a person, who makes it.`);
  }
  const secret = createSecret(PREFIX);
  const token: Token = {
    ...{ tokenId: newId(tx.nowMs), workspace: tx.workspace, name, role },
    ...(member && !isMachineRole(role) ? { memberId: member.memberId } : {}),
    ...(address === undefined ? {} : { address }),
    createdAt: tx.now,
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
  };
  tx.tables.workspaces.ensure(tx.workspace, tx.now);
  tx.tables.tokens.insert(token, hashSecret(secret));
  recordToken(tx, { token, event: 'token.created' });
  return { ...presentToken(tx.tables, token), secret };
}

/** Revokes a token of the workspace; revoking again changes nothing. */
export function revokeToken(tx: Transaction, tokenId: string): Token {
  const key = { workspace: tx.workspace, id: tokenId };
  const token = tx.tables.tokens.get(key);
  if (!token) throw new BonafideError('NOT_FOUND', 'There is no such token in this workspace.');
  if (token.revokedAt === undefined) {
    tx.tables.tokens.revoke(key, tx.now);
    recordToken(tx, { token, event: 'token.revoked' });
  }
  return presentToken(tx.tables, { revokedAt: tx.now, ...token });
}

/** The token as the wire has it: with the role it has now. One that is stored as an owner's has just that of its person. */
export function presentToken({ members }: Pick<Reads, 'members'>, token: Token): Token {
  const { memberId: id, workspace, role } = token;
  const member = id === undefined ? undefined : members.get({ workspace, id });
  return member && role === 'owner' ? { ...token, role: member.role } : token;
}

function isMachineRole(role: Token['role']): boolean {
  return role === 'enrolment' || role === 'reader' || role === 'task';
}

function recordToken(tx: Transaction, { token, event }: { token: Token; event: string }): void {
  const { tokenId, name, role, memberId } = presentToken(tx.tables, token);
  const owner = memberId === undefined ? {} : { memberId };
  tx.record({ type: event, subject: tokenId, data: { tokenId, name, role, ...owner } });
}
