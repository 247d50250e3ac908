import type { CryptoBackend, Verification } from '../backends/backend.ts';
import type { ClockOptions } from '../clock.ts';
import { signingKeyOf } from '../known-keys.ts';
import { refusal } from '../refusal.ts';
import { assertVerified, assertVerifiedSync } from '../verification.ts';
import { type RequestClaim, readClaim } from './claim.ts';
import { createComponentReader } from './components.ts';
import { type Body, bodyBytes, matchesContentDigest } from './content-digest.ts';
import { createHeaderReader, type HeaderReader, type HeaderSource } from './headers.ts';
import { readSignature, readSignatureInput } from './message.ts';
import { requiredComponents } from './profile.ts';
import { signatureBase } from './signature-base.ts';

/** A request as it arrived. */
export interface IncomingRequest {
  readonly method: string;
  /** The request target as received, such as `/v1/jobs?state=open`, or an absolute URL. */
  readonly url: string;
  readonly headers: HeaderSource;
  /** The bytes received, before any parsing. */
  readonly body?: Body | undefined;
}

export interface VerifyRequestOptions extends ClockOptions {
  /** Host and port by which clients know this server, from its configuration: `gateway.example`, `127.0.0.1:4820`. */
  readonly authority: string;
  readonly backend?: CryptoBackend;
}

/** A request that passed every check but the signature itself, and what is left to check. */
export interface SignedRequest {
  readonly claim: RequestClaim;
  readonly verification: Verification;
}

/**
 * Verifies a request under our RFC 9421 profile, over the bytes received. Throws AuthenticationError with
 * `details.reason`. The caller still has to refuse a nonce it has seen before `expires`.
 */
export async function verifyRequest(
  request: IncomingRequest,
  options: VerifyRequestOptions,
): Promise<RequestClaim> {
  const { claim, verification } = readSignedRequest(request, options);
  await assertVerified(verification, options.backend);
  return claim;
}

/** `verifyRequest` on the calling thread: least work per request, for a server that is not saturated. */
export function verifyRequestSync(
  request: IncomingRequest,
  options: VerifyRequestOptions & { readonly backend: CryptoBackend },
): RequestClaim {
  const { claim, verification } = readSignedRequest(request, options);
  assertVerifiedSync(verification, options.backend);
  return claim;
}

/** The cheap half of verification, so that a server can drop a replayed nonce before it pays for the signature. */
export function readSignedRequest(request: IncomingRequest, options: VerifyRequestOptions): SignedRequest {
  const header = createHeaderReader(request.headers);
  const input = readSignatureInput(header);
  const signature = readSignature(header, input.label);
  const claim = readClaim(input.parameters, options);
  const publicKey = signingKeyOf(claim.did);
  const body = bodyBytes(request.body);
  requireCoverage(input.components, { body, header });
  const target = { method: request.method, url: request.url, authority: options.authority };
  const message = signatureBase(input, createComponentReader(target, header));
  return { claim, verification: { publicKey, message, signature } };
}

function requireCoverage(
  covered: readonly string[],
  { body, header }: { body: Uint8Array; header: HeaderReader },
): void {
  const required = requiredComponents({
    hasBody: body.length > 0,
    hasIdempotencyKey: header('idempotency-key') !== undefined,
  });
  for (const name of required) {
    if (!covered.includes(name)) throw refusal('missing-component', `The signature must cover '${name}'.`);
  }
  if (covered.includes('content-digest')) checkDigest(header('content-digest'), body);
}

function checkDigest(digest: string | undefined, body: Uint8Array): void {
  if (digest === undefined)
    throw refusal('missing-component', 'The request lacks the header Content-Digest.');
  if (!matchesContentDigest(digest, body))
    throw refusal('bad-digest', 'Content-Digest is not the SHA-256 of the body.');
}
