import { BonafideError } from '../errors.ts';
import type { CryptoBackend, Verification } from './backends/backend.ts';
import { selectBackend } from './backends/select.ts';
import { refusal } from './refusal.ts';

/** Throws unless the signature is good; without a backend, on the best one here. */
export async function assertVerified(verification: Verification, backend?: CryptoBackend): Promise<void> {
  const chosen = backend ?? (await selectBackend());
  if (!(await chosen.verify(verification))) throw badSignature();
}

/** The same on the calling thread, for a backend that can. */
export function assertVerifiedSync(verification: Verification, backend: CryptoBackend): void {
  if (!backend.verifySync) {
    throw new BonafideError(
      'UNSUPPORTED',
      `The crypto backend ${backend.name} verifies asynchronously only.`,
    );
  }
  if (!backend.verifySync(verification)) throw badSignature();
}

function badSignature(): Error {
  return refusal('bad-signature', 'The signature does not fit what it claims to sign and its key.');
}
