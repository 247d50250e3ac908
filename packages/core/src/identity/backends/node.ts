import type * as NodeCrypto from 'node:crypto';
import { BoundedCache } from '../bounded-cache.ts';
import { findNodeCrypto, importPublicKey, importSeed } from '../node-crypto.ts';
import { type CryptoBackend, type SecretKey, type SignBytesSync, withStrictRules } from './backend.ts';

// Importing a key costs half a verification, so imported ones are kept; about 1 KiB each.
const CACHED_KEYS = 10_000;

/** `node:crypto`, or undefined where the runtime has none (browsers). */
export function createNodeBackend(): CryptoBackend | undefined {
  const crypto = findNodeCrypto();
  return crypto && withStrictRules(fromNodeCrypto(crypto));
}

function fromNodeCrypto(crypto: typeof NodeCrypto): CryptoBackend {
  const imported = new BoundedCache<NodeCrypto.KeyObject>(CACHED_KEYS);
  const keyOf = (raw: Uint8Array) => {
    const id = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('latin1');
    return imported.getOrCreate(id, () => importPublicKey(crypto, raw));
  };
  const prepareSignSync = ({ seed }: SecretKey): SignBytesSync => {
    const key = importSeed(crypto, seed);
    return (message) => new Uint8Array(crypto.sign(null, message, key));
  };
  return {
    name: 'node:crypto',
    prepareSignSync,
    prepareSign(key) {
      const sign = prepareSignSync(key);
      return async (message) => sign(message);
    },
    verify: ({ publicKey, message, signature }) =>
      new Promise((resolve, reject) => {
        crypto.verify(null, message, keyOf(publicKey), signature, (error, isValid) =>
          error ? reject(error) : resolve(isValid),
        );
      }),
    verifySync: ({ publicKey, message, signature }) =>
      crypto.verify(null, message, keyOf(publicKey), signature),
  };
}
