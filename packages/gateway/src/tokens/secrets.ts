import { createHash, randomBytes } from 'node:crypto';

/** A new secret; the prefix says what it is. */
export function createSecret(prefix: string): string {
  return prefix + randomBytes(32).toString('base64url');
}

/** Secrets have 256 random bits, so a plain hash at rest is enough. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
