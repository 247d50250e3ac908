import type * as NodeCrypto from 'node:crypto';
import { BoundedCache } from '../bounded-cache.ts';
import { concatBytes, fromHex } from '../bytes.ts';
import { findNodeCrypto } from '../node-crypto.ts';
import { type CryptoBackend, withStrictRules } from './backend.ts';

// DER headers of RFC 8410: the raw key follows.
const PRIVATE_KEY_HEADER = fromHex('302e020100300506032b657004220420');
const PUBLIC_KEY_HEADER = fromHex('302a300506032b6570032100');
// Importing a key costs half a verification, so imported ones are kept; about 1 KiB each.
const CACHED_KEYS = 10_000;

/** `node:crypto`, or undefined where the runtime has none (browsers). */
export function createNodeBackend(): CryptoBackend | undefined {
  const crypto = findNodeCrypto();
  return crypto && withStrictRules(fromNodeCrypto(crypto));
}

/** The private key object of a raw seed. */
export function importSeed(crypto: typeof NodeCrypto, seed: Uint8Array): NodeCrypto.KeyObject {
  const key = Buffer.from(concatBytes(PRIVATE_KEY_HEADER, seed));
  return crypto.createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

function fromNodeCrypto(crypto: typeof NodeCrypto): CryptoBackend {
  const imported = new BoundedCache<NodeCrypto.KeyObject>(CACHED_KEYS);
  const importPublicKey = (id: string) => {
    const key = Buffer.concat([PUBLIC_KEY_HEADER, Buffer.from(id, 'latin1')]);
    return crypto.createPublicKey({ key, format: 'der', type: 'spki' });
  };
  const keyOf = (raw: Uint8Array) => {
    const id = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('latin1');
    return imported.getOrCreate(id, importPublicKey);
  };
  return {
    name: 'node:crypto',
    prepareSign({ seed }) {
      const key = importSeed(crypto, seed);
      return async (message) => new Uint8Array(crypto.sign(null, message, key));
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
