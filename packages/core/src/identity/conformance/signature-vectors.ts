import rfc8032 from '../../../vectors/ed25519-rfc8032.json' with { type: 'json' };
import strict from '../../../vectors/ed25519-strict.json' with { type: 'json' };
import type { CryptoBackend, Verification } from '../backends/backend.ts';
import { fromHex } from '../bytes.ts';
import { keyPairFromSeed } from '../keys.ts';
import type { Failures } from './failures.ts';

/** Both ways a backend verifies; undefined stands for a way it does not have. */
async function verdicts(backend: CryptoBackend, verification: Verification): Promise<boolean[]> {
  const later = await backend.verify(verification);
  return backend.verifySync ? [later, backend.verifySync(verification)] : [later];
}

function agreed(backend: CryptoBackend, verdict: boolean): boolean[] {
  return backend.verifySync ? [verdict, verdict] : [verdict];
}

/** RFC 8032 section 7.1: the public key, the exact signature, and its verification. */
export async function checkRfc8032(backend: CryptoBackend, failures: Failures): Promise<void> {
  for (const { name, seed, publicKey, message, signature } of rfc8032.cases) {
    const key = keyPairFromSeed(fromHex(seed));
    const bytes = fromHex(message);
    const expected = fromHex(signature);
    await failures.expect(`${name}: public key`, [...fromHex(publicKey)], () => [...key.publicKey]);
    await failures.expect(`${name}: sign`, [...expected], async () => [
      ...(await backend.prepareSign(key)(bytes)),
    ]);
    const verification = { publicKey: key.publicKey, message: bytes, signature: expected };
    await failures.expect(`${name}: verify`, agreed(backend, true), () => verdicts(backend, verification));
  }
}

/** The acceptance rule: what every backend accepts and refuses, whatever its library does. */
export async function checkStrictRules(backend: CryptoBackend, failures: Failures): Promise<void> {
  for (const { name, publicKey, message, signature, valid } of strict.cases) {
    const verification = {
      publicKey: fromHex(publicKey),
      message: fromHex(message),
      signature: fromHex(signature),
    };
    await failures.expect(name, agreed(backend, valid), () => verdicts(backend, verification));
  }
}
