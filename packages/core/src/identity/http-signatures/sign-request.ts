import { BonafideError } from '../../errors.ts';
import { randomBytes, toBase64Url } from '../bytes.ts';
import type { Signer } from '../keys.ts';
import { type Body, bodyBytes, contentDigest } from './content-digest.ts';
import { createHeaderReader, type HeaderSource } from './headers.ts';
import { signMessage } from './message.ts';
import {
  DEFAULT_SIGNATURE_LIFETIME_SECONDS,
  MAX_SIGNATURE_LIFETIME_SECONDS,
  NONCE,
  requiredComponents,
  SIGNATURE_ALGORITHM,
  SIGNATURE_TAG,
} from './profile.ts';

/** A request about to be sent. */
export interface OutgoingRequest {
  /** In upper case, as it will be sent. */
  readonly method: string;
  /** Absolute. */
  readonly url: string | URL;
  readonly headers?: HeaderSource;
  readonly body?: Body | undefined;
}

export interface SignRequestOptions {
  /** Milliseconds since 1970; default the clock. */
  readonly nowMs?: number;
  /** At most 300; default 120. */
  readonly expiresInSeconds?: number;
  /** Default 128 random bits. */
  readonly nonce?: string;
}

/** The headers to add to a signed request. */
export interface SignedRequestHeaders {
  readonly 'content-digest'?: string;
  readonly 'signature-input': string;
  readonly signature: string;
}

/** Signs a request under our RFC 9421 profile and returns the headers to add to it. */
export async function signRequest(
  request: OutgoingRequest,
  signer: Signer,
  options: SignRequestOptions = {},
): Promise<SignedRequestHeaders> {
  const { method, url, authority } = parseTarget(request);
  const body = bodyBytes(request.body);
  const digest = body.length > 0 ? { 'content-digest': contentDigest(body) } : {};
  const idempotencyKey = createHeaderReader(request.headers ?? {})('idempotency-key');
  const headers = { ...digest, 'idempotency-key': idempotencyKey };
  const components = requiredComponents({
    hasBody: body.length > 0,
    hasIdempotencyKey: idempotencyKey !== undefined,
  });
  const parameters = createParameters(signer.did, options);
  const signed = await signMessage({ method, url, authority, headers }, { signer, components, parameters });
  return { ...digest, ...signed };
}

function parseTarget({ method, url }: OutgoingRequest): { method: string; url: string; authority: string } {
  if (!/^[A-Z]+$/.test(method)) throw invalid(`Write the method in upper case: '${method}'.`);
  const absolute = URL.parse(url);
  if (!absolute) throw invalid('Only a request to an absolute URL can be signed.');
  const { href, host, protocol } = absolute;
  if (protocol !== 'https:' && protocol !== 'http:')
    throw invalid(`Only http and https requests are signed: ${href}`);
  return { method, url: href, authority: host };
}

function createParameters(did: string, options: SignRequestOptions): Record<string, string | number> {
  const { nowMs = Date.now(), expiresInSeconds = DEFAULT_SIGNATURE_LIFETIME_SECONDS } = options;
  const { nonce = toBase64Url(randomBytes(16)) } = options;
  if (!(expiresInSeconds > 0 && expiresInSeconds <= MAX_SIGNATURE_LIFETIME_SECONDS)) {
    throw invalid(
      `A signature lives 1 to ${MAX_SIGNATURE_LIFETIME_SECONDS} seconds, not ${expiresInSeconds}.`,
    );
  }
  if (!NONCE.test(nonce)) throw invalid('A nonce has 16 to 128 characters of base64.');
  const created = Math.floor(nowMs / 1000);
  const expires = created + Math.ceil(expiresInSeconds);
  return { created, expires, nonce, keyid: did, alg: SIGNATURE_ALGORITHM, tag: SIGNATURE_TAG };
}

function invalid(message: string): BonafideError {
  return new BonafideError('VALIDATION_FAILED', message);
}
