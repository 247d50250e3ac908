import { type ClockOptions, checkClock } from '../clock.ts';
import { refusal } from '../refusal.ts';
import { MAX_SIGNATURE_LIFETIME_SECONDS, NONCE, SIGNATURE_ALGORITHM, SIGNATURE_TAG } from './profile.ts';
import type { SignatureParameters } from './signature-input.ts';

/** Who signed a request, and until when its nonce must be remembered; times in seconds since 1970. */
export interface RequestClaim {
  readonly did: string;
  readonly nonce: string;
  readonly created: number;
  readonly expires: number;
}

const PARAMETERS_OF_PROFILE = 6;

/** Reads the six parameters of our profile, no more and no less, and checks them against the clock. */
export function readClaim(parameters: SignatureParameters, clock: ClockOptions): RequestClaim {
  const { tag, alg, keyid, nonce, created, expires } = parameters;
  if (tag !== SIGNATURE_TAG) throw refusal('unknown-tag', `The signature must carry tag="${SIGNATURE_TAG}".`);
  if (alg !== SIGNATURE_ALGORITHM)
    throw refusal('unknown-algorithm', `The signature must carry alg="${SIGNATURE_ALGORITHM}".`);
  if (typeof keyid !== 'string') throw missing('keyid');
  if (typeof nonce !== 'string') throw missing('nonce');
  if (typeof created !== 'number') throw missing('created');
  if (typeof expires !== 'number') throw missing('expires');
  if (Object.keys(parameters).length > PARAMETERS_OF_PROFILE)
    throw refusal('malformed', 'A signature parameter is not part of the profile.');
  if (!NONCE.test(nonce)) throw refusal('bad-nonce', 'A nonce has 16 to 128 characters of base64.');
  checkClock({ created, expires }, clock);
  if (expires - created > MAX_SIGNATURE_LIFETIME_SECONDS) {
    throw refusal(
      'too-long-lived',
      `A signature may live ${MAX_SIGNATURE_LIFETIME_SECONDS} seconds at most.`,
    );
  }
  return { did: keyid, nonce, created, expires };
}

function missing(name: string): Error {
  return refusal(
    'missing-parameter',
    `The signature lacks the parameter '${name}', or it has the wrong type.`,
  );
}
