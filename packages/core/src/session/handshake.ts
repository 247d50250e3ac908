import { AuthenticationError, BonafideError, ConnectionError } from '../errors.ts';
import { signEnvelope, verifyEnvelope } from '../identity/envelope.ts';
import type { Envelope } from '../identity/envelope-format.ts';
import { encodeFrame } from '../protocol/codec.ts';
import { type ChallengeFrame, type GatewayFrame, type HelloFrame, PROTOCOL } from '../protocol/frames.ts';
import { HELLO, type Hello, WELCOME, welcome } from '../protocol/handshake.ts';
import { problemToError } from '../transport/response-error.ts';
import type { FrameQueue } from './frame-queue.ts';
import type { Admission } from './link.ts';
import type { SessionSettings } from './settings.ts';
import type { Wire } from './wire.ts';

// For the clock of the gateway, which may be ahead of ours, and for the way there.
const HELLO_EXPIRES_IN_SECONDS = 120;

/** What a client that was there before says of it. */
export interface Returning {
  readonly workspace?: string | undefined;
  readonly resumeToken?: string | undefined;
}

/** Proves who we are, and lets the gateway prove who it is: returns only on a welcome that is signed for this challenge. */
export async function shakeHands(
  settings: SessionSettings,
  {
    wire,
    queue,
    returning,
  }: { readonly wire: Wire; readonly queue: FrameQueue; readonly returning: Returning },
): Promise<Admission> {
  const challenge = readChallenge(await next(queue));
  assertGateway(settings, challenge.gateway);
  wire.send(encodeFrame(await createHello(settings, challenge, returning)));
  const answer = await next(queue);
  if (answer.t !== 'welcome') throw unexpected(answer);
  return verifyWelcome(settings, challenge, answer.envelope);
}

async function next(queue: FrameQueue): Promise<GatewayFrame> {
  const { frame } = await queue.next();
  if ((frame.t === 'bye' || frame.t === 'problem') && frame.problem) throw problemToError(frame.problem);
  return frame;
}

function readChallenge(frame: GatewayFrame): ChallengeFrame {
  if (frame.t !== 'challenge') throw unexpected(frame);
  if (frame.protocol !== PROTOCOL || typeof frame.nonce !== 'string' || typeof frame.gateway !== 'string') {
    throw new BonafideError('UNSUPPORTED', `The gateway does not speak ${PROTOCOL}.`);
  }
  return frame;
}

/** Before anything is sent, so that a stranger learns neither a token nor a name. */
function assertGateway({ gatewayDid }: SessionSettings, actual: string): void {
  if (gatewayDid === undefined || gatewayDid === actual) return;
  throw new AuthenticationError(`The gateway is ${actual}, not ${gatewayDid}.`, {
    details: { reason: 'unexpected-gateway', gatewayDid: actual },
  });
}

async function createHello(
  settings: SessionSettings,
  { nonce, gateway }: ChallengeFrame,
  { workspace = settings.workspace, resumeToken }: Returning,
): Promise<HelloFrame> {
  const { principal, credit, profiles = [], taskTypes = [], transport } = settings;
  // Who comes back must not push out who took over meanwhile.
  const takeOver = settings.takeOver && resumeToken === undefined;
  const place = { ...(workspace && { workspace }), ...(resumeToken && { resumeToken }) };
  const offer = { profiles: [...profiles], taskTypes: [...taskTypes] };
  const payload: Hello = {
    protocol: PROTOCOL,
    nonce,
    gateway,
    principal,
    ...place,
    takeOver,
    credit,
    ...offer,
  };
  const { signer, token } = transport;
  if (!signer) return { t: 'hello', ...(token === undefined ? {} : { token }), payload };
  const options = { type: HELLO, expiresInSeconds: HELLO_EXPIRES_IN_SECONDS, nowMs: transport.now() };
  try {
    return { t: 'hello', envelope: await signEnvelope(payload, { ...options, signer }) };
  } catch (cause) {
    if (BonafideError.is(cause)) throw cause;
    const details = { reason: 'signer-failed' };
    throw new AuthenticationError(`The signer of ${signer.did} failed.`, { cause, details });
  }
}

async function verifyWelcome(
  { transport }: SessionSettings,
  challenge: ChallengeFrame,
  received: Envelope,
): Promise<Admission> {
  const envelope = await verifyEnvelope(received, { type: WELCOME, nowMs: transport.now() });
  const parsed = welcome.safeParse(envelope.payload);
  if (envelope.iss !== challenge.gateway) throw untrusted('is signed by another than the gateway');
  if (!parsed.success) throw untrusted('does not say what a welcome says');
  if (parsed.data.nonce !== challenge.nonce) throw untrusted('answers another challenge');
  return { welcome: parsed.data, gatewayDid: envelope.iss };
}

function untrusted(why: string): AuthenticationError {
  return new AuthenticationError(`The welcome of the gateway ${why}.`, {
    code: 'SIGNATURE_INVALID',
    details: { reason: 'untrusted-welcome' },
  });
}

function unexpected({ t }: GatewayFrame): ConnectionError {
  return new ConnectionError(`The gateway sent '${t}' where the handshake has something else.`);
}
