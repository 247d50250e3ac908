import { BonafideError } from '../errors.ts';
import { BoundedCache } from './bounded-cache.ts';
import { fromDid } from './did.ts';
import { refusal } from './refusal.ts';

// Decoding base58 costs more than anything else in a verification but the curve arithmetic.
const keys = new BoundedCache<Uint8Array>(10_000);

/** The public key behind the name a signature carries; a name that is not sound refuses the signature. */
export function signingKeyOf(did: string): Uint8Array {
  try {
    return keys.getOrCreate(did, fromDid);
  } catch (error) {
    const isWeak = BonafideError.is(error) && error.details.reason === 'weak-key';
    throw refusal(
      isWeak ? 'weak-key' : 'unknown-key',
      'The signer is not named by the did:key of a sound Ed25519 key.',
    );
  }
}
