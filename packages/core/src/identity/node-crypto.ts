import type * as NodeCrypto from 'node:crypto';
import { toPkcs8, toSpki } from './der.ts';

interface Builtins {
  getBuiltinModule?(id: 'node:crypto'): typeof NodeCrypto | undefined;
}

/** `node:crypto` where the runtime has it. Not an import, so bundles for browsers neither need nor stub it. */
export function findNodeCrypto(): typeof NodeCrypto | undefined {
  const runtime: Builtins | undefined = globalThis.process;
  return runtime?.getBuiltinModule?.('node:crypto');
}

export function importSeed(crypto: typeof NodeCrypto, seed: Uint8Array): NodeCrypto.KeyObject {
  return crypto.createPrivateKey({ key: Buffer.from(toPkcs8(seed)), format: 'der', type: 'pkcs8' });
}

export function importPublicKey(crypto: typeof NodeCrypto, publicKey: Uint8Array): NodeCrypto.KeyObject {
  return crypto.createPublicKey({ key: Buffer.from(toSpki(publicKey)), format: 'der', type: 'spki' });
}
