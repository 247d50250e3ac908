import { AuthenticationError } from '../errors.ts';

/** Why a signature was refused: `details.reason` of the AuthenticationError. */
export type RefusalReason =
  | 'missing-signature'
  | 'malformed'
  | 'multiple-signatures'
  | 'duplicate-header'
  | 'duplicate-component'
  | 'unsupported-component'
  | 'missing-component'
  | 'missing-parameter'
  | 'unknown-tag'
  | 'unknown-algorithm'
  | 'unknown-key'
  | 'weak-key'
  | 'bad-nonce'
  | 'expired'
  | 'from-the-future'
  | 'too-long-lived'
  | 'bad-digest'
  | 'not-canonical'
  | 'unexpected-type'
  | 'bad-signature';

/** The error for one reason, with the code its reason belongs to. */
export function refusal(reason: RefusalReason, message: string): AuthenticationError {
  return new AuthenticationError(message, { code: codeOf(reason), details: { reason } });
}

function codeOf(reason: RefusalReason): 'UNAUTHENTICATED' | 'SIGNATURE_EXPIRED' | 'SIGNATURE_INVALID' {
  if (reason === 'missing-signature') return 'UNAUTHENTICATED';
  return reason === 'expired' ? 'SIGNATURE_EXPIRED' : 'SIGNATURE_INVALID';
}
