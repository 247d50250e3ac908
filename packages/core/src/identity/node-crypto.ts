import type * as NodeCrypto from 'node:crypto';

interface Builtins {
  getBuiltinModule?(id: 'node:crypto'): typeof NodeCrypto | undefined;
}

/** `node:crypto` where the runtime has it. Not an import, so bundles for browsers neither need nor stub it. */
export function findNodeCrypto(): typeof NodeCrypto | undefined {
  const runtime: Builtins | undefined = globalThis.process;
  return runtime?.getBuiltinModule?.('node:crypto');
}
