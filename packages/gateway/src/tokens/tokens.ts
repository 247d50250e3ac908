import { createHash, randomBytes } from 'node:crypto';
import { BonafideError } from '@bonafide/core/errors';
import type { Token } from '@bonafide/core/models';
import { newId } from '../ids.ts';
import type { Transaction } from '../ledger.ts';

/** Recognisable, so that secret scanners find one that leaked. */
const PREFIX = 'bft_';

export interface NewToken {
  readonly name: string;
  readonly role: Token['role'];
  readonly expiresAt?: string | undefined;
}

/** Makes a token; its secret exists in the return value only, the store keeps a hash. */
export function createToken(
  tx: Transaction,
  { name, role, expiresAt }: NewToken,
): Token & { secret: string } {
  const secret = PREFIX + randomBytes(32).toString('base64url');
  const token: Token = {
    tokenId: newId(tx.nowMs),
    workspace: tx.workspace,
    name,
    role,
    createdAt: tx.now,
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
  };
  tx.tables.workspaces.ensure(tx.workspace, tx.now);
  tx.tables.tokens.insert(token, hashSecret(secret));
  tx.record({ type: 'token.created', subject: token.tokenId, data: { tokenId: token.tokenId, name, role } });
  return { ...token, secret };
}

/** Revokes a token of the workspace; revoking again changes nothing. */
export function revokeToken(tx: Transaction, tokenId: string): Token {
  const key = { workspace: tx.workspace, id: tokenId };
  const token = tx.tables.tokens.get(key);
  if (!token) throw new BonafideError('NOT_FOUND', 'There is no such token in this workspace.');
  if (token.revokedAt !== undefined) return token;
  tx.tables.tokens.revoke(key, tx.now);
  tx.record({
    type: 'token.revoked',
    subject: tokenId,
    data: { tokenId, name: token.name, role: token.role },
  });
  return { ...token, revokedAt: tx.now };
}

/** Secrets have 256 random bits, so a plain hash at rest is enough. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export function isUsable({ expiresAt, revokedAt }: Token, now: string): boolean {
  return revokedAt === undefined && (expiresAt === undefined || expiresAt > now);
}
