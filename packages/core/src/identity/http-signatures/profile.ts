/** The `tag` parameter that marks a signature as one of our request profile. */
export const SIGNATURE_TAG = 'bonafide';

export const SIGNATURE_ALGORITHM = 'ed25519';

/** The longest time between `created` and `expires`, in seconds. */
export const MAX_SIGNATURE_LIFETIME_SECONDS = 300;

export const DEFAULT_SIGNATURE_LIFETIME_SECONDS = 120;

/** 16 to 128 characters, so that a nonce is neither guessable nor a burden to remember. */
export const NONCE = /^[A-Za-z0-9+/=_.~-]{16,128}$/;

const ALWAYS = ['@method', '@authority', '@path', '@query'] as const;

/**
 * The components a request must cover. A body of zero bytes counts as no body, since HTTP receivers cannot tell the two
 * apart: it needs no digest, and a body slipped in later needs one that was never signed.
 */
export function requiredComponents(request: {
  hasBody: boolean;
  hasIdempotencyKey: boolean;
}): readonly string[] {
  return [
    ...ALWAYS,
    ...(request.hasBody ? ['content-digest'] : []),
    ...(request.hasIdempotencyKey ? ['idempotency-key'] : []),
  ];
}
