import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { BonafideError } from '@bonafide/core/errors';

/** Keeps secrets that we must be able to read again, such as those that sign webhooks, unreadable at rest. */
export interface SecretBox {
  /** `context` names the row: a sealed secret that was copied to another one does not open there. */
  seal(secret: string, context: string): string;
  open(sealed: string, context: string): string;
}

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const PURPOSE = 'bonafide gateway: secrets at rest, v1';

/** A box whose key follows from the gateway's own; whoever has only the database has nothing. */
export function createSecretBox(seed: Uint8Array): SecretBox {
  const key = new Uint8Array(hkdfSync('sha256', seed, new Uint8Array(), PURPOSE, KEY_BYTES));
  return {
    seal(secret, context) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, key, iv).setAAD(Buffer.from(context));
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64url');
      const iv = bytes.subarray(0, IV_BYTES);
      const tag = bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
      try {
        const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES })
          .setAAD(Buffer.from(context))
          .setAuthTag(tag);
        const text = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
        return Buffer.concat([text, decipher.final()]).toString('utf8');
      } catch (cause) {
        const message =
          'A stored secret does not open: the key of this gateway is another one than when it was stored.';
        throw new BonafideError('CONFLICT', message, { cause });
      }
    },
  };
}
