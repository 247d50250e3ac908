import { BoundedCache } from '../bounded-cache.ts';
import { type Bytes, concatBytes, toBase64Url } from '../bytes.ts';
import { toPkcs8 } from '../der.ts';
import { type CryptoBackend, withStrictRules } from './backend.ts';

const ALGORITHM = 'Ed25519';
const CACHED_KEYS = 1_000;

/** WebCrypto, or undefined where it is missing (plain http pages) or has no Ed25519 (older browsers). */
export async function createWebBackend(): Promise<CryptoBackend | undefined> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (!subtle || !(await hasEd25519(subtle))) return undefined;
  return withStrictRules(fromWebCrypto(subtle));
}

async function hasEd25519(subtle: SubtleCrypto): Promise<boolean> {
  try {
    await importSeed(subtle, new Uint8Array(32));
    return true;
  } catch {
    return false;
  }
}

function importSeed(subtle: SubtleCrypto, seed: Uint8Array): Promise<CryptoKey> {
  return subtle.importKey('pkcs8', toPkcs8(seed), ALGORITHM, false, ['sign']);
}

function fromWebCrypto(subtle: SubtleCrypto): CryptoBackend {
  const imported = new BoundedCache<Promise<CryptoKey | undefined>>(CACHED_KEYS);
  // Some runtimes refuse at import what others refuse at verification: a key that is no point of the curve.
  const importPublicKey = (raw: Bytes) =>
    subtle.importKey('raw', raw, ALGORITHM, false, ['verify']).catch(() => undefined);
  return {
    name: 'webcrypto',
    prepareSign({ seed }) {
      const key = importSeed(subtle, seed);
      return async (message) => new Uint8Array(await subtle.sign(ALGORITHM, await key, concatBytes(message)));
    },
    async verify({ publicKey, message, signature }) {
      const raw = concatBytes(publicKey);
      const key = await imported.getOrCreate(toBase64Url(raw), () => importPublicKey(raw));
      return key !== undefined && subtle.verify(ALGORITHM, key, concatBytes(signature), concatBytes(message));
    },
  };
}
