import canonicalizeJson from 'canonicalize';
import { BonafideError } from '../errors.ts';
import { toBase64Url, toUtf8 } from './bytes.ts';
import { sha256 } from './sha256.ts';

/** Canonical JSON (RFC 8785, JCS). Refuses what JSON cannot carry: NaN, infinities, bigints, lone surrogates, cycles. */
export function canonicalize(value: unknown): string {
  const text = attempt(value);
  if (text === undefined) throw notJson();
  return text;
}

/** SHA-256 of the canonical JSON, base64url. */
export function digestOf(value: unknown): string {
  return toBase64Url(sha256(toUtf8(canonicalize(value))));
}

function attempt(value: unknown): string | undefined {
  try {
    return canonicalizeJson(value);
  } catch (cause) {
    throw notJson(cause);
  }
}

function notJson(cause?: unknown): BonafideError {
  return new BonafideError('VALIDATION_FAILED', 'This value has no canonical JSON form.', {
    details: { reason: 'not-json' },
    cause,
  });
}
