import type { CryptoBackend, Verification } from './backends/backend.ts';
import { randomBytes, toBase64Url } from './bytes.ts';
import { canonicalize } from './canonical.ts';
import { type ClockOptions, checkClock } from './clock.ts';
import {
  checkUnsigned,
  type Envelope,
  envelopeSigningBytes,
  readEnvelopeDocument,
} from './envelope-format.ts';
import type { Signer } from './keys.ts';
import { signingKeyOf } from './known-keys.ts';
import { refusal } from './refusal.ts';
import { signatureFromBase64Url } from './signature-bytes.ts';
import { assertVerified, assertVerifiedSync } from './verification.ts';

export interface SignEnvelopeOptions {
  /** What the payload means, such as `message` or `job.terms`: lower case, digits, dots and hyphens. */
  readonly type: string;
  /** Unique among the issuer's envelopes; default 128 random bits. */
  readonly id?: string;
  /** Absent: the envelope stays valid. */
  readonly expiresInSeconds?: number;
  /** Milliseconds since 1970; default the clock. */
  readonly nowMs?: number;
}

export interface VerifyEnvelopeOptions extends ClockOptions {
  /** The type the caller is about to act on; an envelope of another type is refused. */
  readonly type: string;
  readonly backend?: CryptoBackend;
}

/** Signs any JSON value, domain-separated by `type`, so that it stays verifiable after transport. */
export async function signEnvelope(
  payload: unknown,
  { signer, type, expiresInSeconds, ...options }: SignEnvelopeOptions & { readonly signer: Signer },
): Promise<Envelope> {
  const { nowMs = Date.now(), id = toBase64Url(randomBytes(16)) } = options;
  const iat = Math.floor(nowMs / 1000);
  const exp = expiresInSeconds === undefined ? {} : { exp: iat + Math.ceil(expiresInSeconds) };
  const unsigned = checkUnsigned({ v: 1, type, iss: signer.did, iat, ...exp, id, payload });
  const sig = toBase64Url(await signer.sign(envelopeSigningBytes(unsigned)));
  return { ...unsigned, sig };
}

/** The text form in which an envelope is stored and sent: canonical JSON. */
export function encodeEnvelope(envelope: Envelope): string {
  return canonicalize(envelope);
}

/**
 * Verifies an envelope and returns it. Text and bytes must be the canonical form, byte for byte; a value already parsed
 * out of a larger document is verified, and must then be used, as the value. Throws AuthenticationError.
 */
export async function verifyEnvelope(received: unknown, options: VerifyEnvelopeOptions): Promise<Envelope> {
  const { envelope, verification } = readEnvelope(received, options);
  await assertVerified(verification, options.backend);
  return envelope;
}

/** `verifyEnvelope` on the calling thread, for a backend that can. */
export function verifyEnvelopeSync(
  received: unknown,
  options: VerifyEnvelopeOptions & { readonly backend: CryptoBackend },
): Envelope {
  const { envelope, verification } = readEnvelope(received, options);
  assertVerifiedSync(verification, options.backend);
  return envelope;
}

function readEnvelope(
  received: unknown,
  options: VerifyEnvelopeOptions,
): { envelope: Envelope; verification: Verification } {
  const envelope = readEnvelopeDocument(received);
  if (envelope.type !== options.type) {
    throw refusal(
      'unexpected-type',
      `Expected an envelope of type '${options.type}', not '${envelope.type}'.`,
    );
  }
  checkClock({ created: envelope.iat, expires: envelope.exp }, options);
  const publicKey = signingKeyOf(envelope.iss);
  const signature = signatureFromBase64Url(envelope.sig);
  if (!signature) throw refusal('malformed', 'The signature of an envelope is 64 bytes in base64url.');
  return { envelope, verification: { publicKey, message: envelopeSigningBytes(envelope), signature } };
}
