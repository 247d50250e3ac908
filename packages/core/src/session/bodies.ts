import { AuthenticationError, BonafideError } from '../errors.ts';
import { fromBase64Url, fromUtf8, toBase64Url, toUtf8 } from '../identity/bytes.ts';
import { signEnvelope, verifyEnvelope } from '../identity/envelope.ts';
import type { Envelope } from '../identity/envelope-format.ts';
import type { Signer } from '../identity/keys.ts';
import { type Address, parseAddress } from '../models/address.ts';
import type { MessageKind } from '../models/message.ts';

const SIGNED = 'message';
const SEALED = 'message.sealed';

/** What a signature over a body binds it to. */
interface Binding {
  readonly from: string;
  readonly to: string;
  readonly kind: MessageKind;
  readonly messageId: string;
  readonly replyTo?: string | undefined;
}

interface Outgoing {
  readonly to: string;
  readonly kind: MessageKind;
  readonly id: string;
  readonly replyTo?: string | undefined;
  readonly body: unknown;
  readonly sign: boolean;
  readonly sealFor: string | undefined;
  readonly expiresInSeconds: number | undefined;
}

/** A body as it came, with what the frame says of it; without an id it was live. */
export interface ReceivedBody {
  readonly from: string;
  readonly to: string;
  readonly kind: MessageKind;
  readonly id: string | undefined;
  readonly replyTo: string | undefined;
  readonly body: unknown;
}

export interface OpenedBody {
  readonly body: unknown;
  readonly signedBy?: string;
  readonly isSealed: boolean;
}

export interface BodyCodec {
  /** The text of a body, signed and sealed as asked for; first signed, then sealed, so that only the reader knows who wrote. */
  encode(message: Outgoing): Promise<string>;
  /** Throws where a signature or a seal does not hold, or is about another message. */
  decode(received: ReceivedBody): Promise<OpenedBody>;
  assertSize(text: string): void;
}

export interface BodyContext {
  readonly signer: Signer | undefined;
  readonly now: () => number;
  /** In canonical form; it may change. */
  readonly address: () => string;
  readonly workspace: () => string;
  readonly maxBytes: () => number;
}

/** Whether a body asks for more than being passed on. */
export function isProtected(body: unknown): boolean {
  return isSigned(body) || isSealed(body);
}

export function createBodyCodec(context: BodyContext): BodyCodec {
  return {
    encode: (message) => encode(context, message),
    decode: (received) => decode(context, received),
    assertSize: (text) => assertSize(text, context.maxBytes()),
  };
}

async function encode(context: BodyContext, message: Outgoing): Promise<string> {
  const body = message.sign ? await signBody(context, message) : message.body;
  const text = toText(body);
  if (message.sealFor === undefined) return text;
  const { seal } = await import('../identity/seal.ts');
  const box = toBase64Url(await seal(toUtf8(text), message.sealFor));
  return toText({ v: 1, type: SEALED, for: message.sealFor, box });
}

async function signBody({ signer, now, address }: BodyContext, message: Outgoing): Promise<Envelope> {
  if (!signer) throw noKey('sign');
  const { to, kind, id: messageId, replyTo, body, expiresInSeconds } = message;
  const binding: Binding = { from: address(), to, kind, messageId, ...(replyTo && { replyTo }) };
  const expiry = expiresInSeconds === undefined ? {} : { expiresInSeconds };
  // As it will be read: what JSON cannot hold must not be signed as if it could.
  const payload = { ...binding, body: JSON.parse(toText(body)) };
  return signEnvelope(payload, { type: SIGNED, signer, nowMs: now(), ...expiry });
}

async function decode(context: BodyContext, received: ReceivedBody): Promise<OpenedBody> {
  const sealed = isSealed(received.body);
  const body = sealed ? await openBody(context, received.body) : received.body;
  if (!isSigned(body)) return { body, isSealed: sealed };
  const envelope = await verifyEnvelope(body, { type: SIGNED, nowMs: context.now() });
  const payload = assertBinding(envelope, received);
  assertForUs(context, received.to);
  return { body: payload, signedBy: envelope.iss, isSealed: sealed };
}

async function openBody({ signer }: BodyContext, body: SealedBody): Promise<unknown> {
  if (!signer?.open) throw noKey('open');
  if (body.for !== signer.did) throw misfit('is sealed for another key');
  return JSON.parse(fromUtf8(await signer.open(fromBase64Url(body.box))));
}

/** The body, once all that was signed with it is what the gateway says of it. */
function assertBinding({ payload }: Envelope, received: ReceivedBody): unknown {
  if (typeof payload !== 'object' || payload === null) throw misfit('says nothing of where it belongs');
  const { from, to, kind, messageId, replyTo, body } = payload as Partial<Binding> & { body?: unknown };
  const fits =
    from === received.from &&
    to === received.to &&
    kind === received.kind &&
    messageId !== undefined &&
    messageId === received.id &&
    replyTo === received.replyTo;
  if (!fits || body === undefined) throw misfit('was signed for another message');
  return body;
}

/** The gateway says for whom a message is, so that too must be us, or a group that we are in. */
function assertForUs(context: BodyContext, to: string): void {
  if (to === context.address()) return;
  const target = parseAddress(to);
  const own = parseAddress(context.address());
  if (!includes(target, own, context.workspace())) throw misfit('is for somebody else');
}

function includes(group: Address, own: Address, workspace: string): boolean {
  switch (group.type) {
    case 'pool':
      return (
        group.workspace === workspace &&
        'implementation' in own &&
        own.implementation === group.implementation
      );
    case 'any-service':
      return own.type === 'service' && own.implementation === group.implementation;
    case 'user-windows':
      return own.type === 'user' && own.user === group.user;
    case 'user-workspace':
      return own.type === 'user' && own.user === group.user && group.workspace === workspace;
    case 'all-agents':
    case 'all-users':
    case 'events':
    case 'metrics':
    case 'progress':
      return group.workspace === workspace;
    default:
      return false;
  }
}

interface SealedBody {
  readonly v: 1;
  readonly type: typeof SEALED;
  readonly for: string;
  readonly box: string;
}

function isSealed(body: unknown): body is SealedBody {
  return hasType(body, SEALED) && typeof body.box === 'string' && typeof body.for === 'string';
}

function isSigned(body: unknown): boolean {
  return hasType(body, SIGNED) && 'iss' in body && 'sig' in body && 'payload' in body;
}

function hasType(body: unknown, type: string): body is Record<string, unknown> {
  return typeof body === 'object' && body !== null && 'v' in body && 'type' in body && body.type === type;
}

/** One line of JSON. */
export function toText(body: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(body);
  } catch (cause) {
    // A bigint, or something that holds itself.
    throw new BonafideError('VALIDATION_FAILED', 'The body of a message is JSON; this is not.', { cause });
  }
  if (text !== undefined) return text;
  throw new BonafideError('VALIDATION_FAILED', `The body of a message is JSON; ${typeof body} is not.`);
}

function assertSize(text: string, maxBytes: number): void {
  // At most three bytes for a unit of UTF-16, so that most bodies need not be counted.
  if (text.length * 3 <= maxBytes || toUtf8(text).length <= maxBytes) return;
  throw new BonafideError('PAYLOAD_TOO_LARGE', `A message holds at most ${maxBytes} bytes.`);
}

function noKey(what: 'sign' | 'open'): BonafideError {
  return new BonafideError(
    'UNSUPPORTED',
    what === 'sign'
      ? 'Only a session with a key can sign: open it with a signer.'
      : 'This session has no key that opens sealed messages: its signer has no `open`.',
  );
}

function misfit(why: string): AuthenticationError {
  return new AuthenticationError(`The message ${why}.`, {
    code: 'SIGNATURE_INVALID',
    details: { reason: 'unfit-message' },
  });
}
