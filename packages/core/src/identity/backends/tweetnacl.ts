import nacl from 'tweetnacl';
import { concatBytes } from '../bytes.ts';
import { type CryptoBackend, type Verification, withStrictRules } from './backend.ts';

const verifySync = ({ publicKey, message, signature }: Verification) =>
  nacl.sign.detached.verify(message, signature, publicKey);

/** Plain JavaScript: a hundred times slower than native code, and there when nothing else is. */
export function createTweetnaclBackend(): CryptoBackend {
  return withStrictRules({
    name: 'tweetnacl',
    prepareSign({ seed, publicKey }) {
      const secret = concatBytes(seed, publicKey);
      return async (message) => nacl.sign.detached(message, secret);
    },
    verify: async (verification) => verifySync(verification),
    verifySync,
  });
}
