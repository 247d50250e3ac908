import nacl from 'tweetnacl';
import { concatBytes } from '../bytes.ts';
import {
  type CryptoBackend,
  type SecretKey,
  type SignBytesSync,
  type Verification,
  withStrictRules,
} from './backend.ts';

const verifySync = ({ publicKey, message, signature }: Verification) =>
  nacl.sign.detached.verify(message, signature, publicKey);

/** Plain JavaScript: a hundred times slower than native code, and there when nothing else is. */
export function createTweetnaclBackend(): CryptoBackend {
  const prepareSignSync = ({ seed, publicKey }: SecretKey): SignBytesSync => {
    const secret = concatBytes(seed, publicKey);
    return (message) => nacl.sign.detached(message, secret);
  };
  return withStrictRules({
    name: 'tweetnacl',
    prepareSignSync,
    prepareSign(key) {
      const sign = prepareSignSync(key);
      return async (message) => sign(message);
    },
    verify: async (verification) => verifySync(verification),
    verifySync,
  });
}
