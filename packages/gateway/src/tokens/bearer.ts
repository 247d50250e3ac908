import type { Member, Token } from '@bonafide/core/models';
import type { Reads } from '../stores/store.ts';

/** A token, and the person whose it is. */
export interface Bearer {
  readonly token: Token;
  readonly member?: Member | undefined;
}

type PeopleReads = Pick<Reads, 'tokens' | 'members'>;

/** Whose secret has this hash; usable or not. Read each time, so that a change of role or a removal holds with its commit. */
export function findBearer(tables: PeopleReads, hash: string): Bearer | undefined {
  return bearerOf(tables, tables.tokens.findByHash(hash));
}

/** The same bearer as it is now. */
export function readBearer(tables: PeopleReads, { workspace, tokenId }: Token): Bearer | undefined {
  return bearerOf(tables, tables.tokens.get({ workspace, id: tokenId }));
}

function bearerOf({ members }: PeopleReads, token: Token | undefined): Bearer | undefined {
  if (!token) return undefined;
  const { memberId: id, workspace } = token;
  return id === undefined ? { token } : { token, member: members.get({ workspace, id }) };
}

/** Why the token counts no more; undefined while it does. */
export function whyRefused({ token, member }: Bearer, now: string): 'revoked' | 'expired' | undefined {
  const isOrphan = token.memberId !== undefined && member?.status !== 'active';
  if (token.revokedAt !== undefined || isOrphan) return 'revoked';
  return token.expiresAt !== undefined && token.expiresAt <= now ? 'expired' : undefined;
}
