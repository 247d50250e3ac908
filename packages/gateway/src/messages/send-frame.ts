import { BonafideError } from '@bonafide/core/errors';
import { MAX_MESSAGE_BYTES, type MessageKind, messageKind } from '@bonafide/core/models';
import type { LiveFrame, SendFrame } from '@bonafide/core/protocol';
import { assertOwnKind } from './permissions.ts';

const kinds: ReadonlySet<unknown> = new Set<MessageKind>(messageKind.options);
const ID = /^[\x21-\x7e]{1,64}$/;
const MAX_TTL_SECONDS = 2_592_000;

/** Checks the fields of a head by hand, for this is done for every message; VALIDATION_FAILED, FORBIDDEN or PAYLOAD_TOO_LARGE. */
export function checkSend({ to, kind, id, ttl, replyTo, grant }: SendFrame, body: string): void {
  checkTarget(to, kind);
  assertOwnKind(kind);
  checkBody(body);
  if (typeof id !== 'string' || !ID.test(id)) throw invalid('id must be 1-64 visible ASCII characters');
  if (replyTo !== undefined && (typeof replyTo !== 'string' || !ID.test(replyTo)))
    throw invalid('replyTo must be the id of a message');
  if (ttl !== undefined && !(Number.isInteger(ttl) && ttl >= 1 && ttl <= MAX_TTL_SECONDS))
    throw invalid(`ttl must be 1-${MAX_TTL_SECONDS} seconds`);
  if (grant !== undefined && typeof grant !== 'string') throw invalid('grant must be an id');
}

export function checkLive({ to, kind }: LiveFrame, body: string): void {
  checkTarget(to, kind);
  assertOwnKind(kind);
  checkBody(body);
}

function checkTarget(to: unknown, kind: unknown): void {
  if (typeof to !== 'string') throw invalid('to must be an address');
  if (!kinds.has(kind)) throw invalid(`kind must be one of ${messageKind.options.join(', ')}`);
}

// Nobody reads it here: whoever does must expect text that is not JSON.
function checkBody(body: string): void {
  if (body === '') throw invalid('the body must be JSON');
  if (
    body.length > MAX_MESSAGE_BYTES ||
    (body.length * 3 > MAX_MESSAGE_BYTES && Buffer.byteLength(body) > MAX_MESSAGE_BYTES)
  )
    throw new BonafideError('PAYLOAD_TOO_LARGE', `A message has at most ${MAX_MESSAGE_BYTES} bytes.`);
}

function invalid(why: string): BonafideError {
  return new BonafideError('VALIDATION_FAILED', `This message cannot be sent: ${why}.`);
}
