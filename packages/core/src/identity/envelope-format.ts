import { z } from 'zod';
import type { Bytes } from './bytes.ts';
import { fromUtf8, toUtf8 } from './bytes.ts';
import { canonicalize } from './canonical.ts';
import { refusal } from './refusal.ts';

const END_OF_YEAR_9999 = 253_402_300_799;
const time = z.int().min(0).max(END_OF_YEAR_9999);
// No line break can occur in it, so the type cannot run into the document when both are signed.
const ENVELOPE_TYPE = /^[a-z][a-z0-9.-]{0,63}$/;

const unsigned = z.strictObject({
  v: z.literal(1),
  type: z.string().regex(ENVELOPE_TYPE),
  iss: z.string(),
  iat: time,
  exp: time.optional(),
  id: z.string().min(1).max(128),
  payload: z.unknown().refine((payload): boolean => payload !== undefined, 'Required'),
});

const signed = unsigned.extend({ sig: z.string() });

/** What is signed: `type` says what the payload means, `iat` and `exp` are seconds since 1970, `id` is unique per issuer. */
export type UnsignedEnvelope = z.infer<typeof unsigned>;

/** A statement of `iss` that stays verifiable after transport; `sig` is base64url Ed25519. */
export type Envelope = z.infer<typeof signed>;

export function checkUnsigned(value: UnsignedEnvelope): UnsignedEnvelope {
  return parse(unsigned, value);
}

/** The envelope of received text, bytes, or JSON that was parsed as part of a larger document. */
export function readEnvelopeDocument(received: unknown): Envelope {
  if (typeof received === 'string') return parseText(received);
  return received instanceof Uint8Array ? parseText(fromUtf8(received)) : parse(signed, received);
}

/** The bytes an envelope's signature is over. */
export function envelopeSigningBytes({ sig: _, ...body }: UnsignedEnvelope & { sig?: string }): Bytes {
  return toUtf8(`bonafide:envelope:v1\n${body.type}\n${canonicalize(body)}`);
}

// JSON has many spellings of one value (and of one duplicate key). Text is taken only in the canonical one, so canonical
// bytes made from the parsed value are the bytes received.
function parseText(text: string): Envelope {
  const envelope = parse(signed, parseJson(text));
  if (canonicalize(envelope) !== text) {
    throw refusal('not-canonical', 'An envelope travels as canonical JSON (RFC 8785), byte for byte.');
  }
  return envelope;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal('malformed', 'The envelope is not JSON.');
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues.map(
    (issue) => `${issue.path.join('.') || 'envelope'}: ${issue.message}`,
  );
  throw refusal('malformed', `Not an envelope. ${fields.join('; ')}`);
}
