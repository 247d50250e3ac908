import { AuthenticationError, BonafideError, type Signer } from '@bonafide/core';
import { signEnvelope, toBase64Url, verifyEnvelope } from '@bonafide/core/identity';
import {
  MAX_SIGNAL_BYTES,
  PEER_SIGNAL,
  type PeerMessage,
  type PeerMessageOf,
  type PeerSignal,
  peerSignal,
  signalRoutes,
} from '@bonafide/core/models';
import type { ReceivedSignal, SignalPort } from '@bonafide/core/session';
import type { PeerIdentity, Violation } from './connector.ts';
import { type Placement, Sequences, SIGNAL_LIFETIME_SECONDS } from './sequences.ts';

/** More than this waiting to be verified is not kept. */
const MAX_UNVERIFIED = 1024;
/** What could not be sent by then would soon be too old. */
const SEND_TIMEOUT_MS = (SIGNAL_LIFETIME_SECONDS / 2) * 1000;

type WithoutId<Message> = Message extends PeerMessage
  ? Omit<Message, 'id'> & { readonly id?: string }
  : never;
export type OutgoingSignal = WithoutId<
  PeerMessageOf<'REGISTER' | 'UNREGISTER' | 'PING' | 'OFFER' | 'ANSWER' | 'ICE_CANDIDATE' | 'ERROR'>
>;
export type PeerSignalMessage = PeerMessageOf<(typeof signalRoutes.peer)[number]>;

/** A message of a peer about one connection: it is its own, meant for us, recent, and the next of its row. */
export interface VerifiedSignal<Message extends PeerSignalMessage = PeerSignalMessage> {
  readonly from: PeerIdentity;
  readonly connectionId: string;
  readonly message: Message;
}

/** What this side says about one connection: signed, and numbered from 1. */
export interface Conversation {
  readonly did: string;
  readonly connectionId: string;
  /** Resolves once the gateway handed it on; the peer gets them in the order of the calls. */
  send(message: OutgoingSignal): Promise<void>;
  /** Nothing more is expected about it. */
  close(): void;
}

export interface SignalsOptions {
  readonly port: SignalPort;
  readonly signer: Signer;
  readonly gatewayDid: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onPeer: (signal: VerifiedSignal) => void;
  readonly onGateway: (message: PeerMessage) => void;
  readonly onViolation: (violation: Violation) => void;
}

/** Signs what goes out, and lets in only what a peer really said, to us, now, in order and once. */
export class Signals {
  readonly #options: SignalsOptions;
  readonly #sequences: Sequences;
  readonly #stop: () => void;
  #received = Promise.resolve();
  #unverified = 0;
  #isClosed = false;

  constructor(options: SignalsOptions) {
    this.#options = options;
    this.#sequences = new Sequences(options.now);
    this.#stop = options.port.onSignal((signal) => this.#enqueue(signal));
  }

  /** Begins to take part in a connection, called or answered. */
  open(did: string, connectionId: string): Conversation {
    this.#sequences.open(did, connectionId);
    let sequence = 0;
    let signed: Promise<unknown> = Promise.resolve();
    return {
      did,
      connectionId,
      send: (message) => {
        sequence += 1;
        const envelope = this.#sign(did, message, { connectionId, sequence });
        // Signing may be far away and slow; what was signed later must not overtake.
        envelope.catch(() => undefined);
        const turn = signed.then(() => envelope);
        signed = turn.catch(() => undefined);
        return turn.then((value) => this.#options.port.send(did, value, { timeoutMs: SEND_TIMEOUT_MS }));
      },
      close: () => this.#sequences.close(did, connectionId),
    };
  }

  /** To the gateway itself. */
  async sendToGateway(message: OutgoingSignal, timeoutMs = SEND_TIMEOUT_MS): Promise<void> {
    const to = this.#options.gatewayDid();
    await this.#options.port.send(to, await this.#sign(to, message, {}), { timeoutMs });
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
  }

  #sign(to: string, message: OutgoingSignal, place: Pick<PeerSignal, 'connectionId' | 'sequence'>) {
    const payload = { version: 1, to, ...place, message: { ...message, id: message.id ?? createToken() } };
    return signEnvelope(payload, {
      signer: this.#options.signer,
      type: PEER_SIGNAL,
      expiresInSeconds: SIGNAL_LIFETIME_SECONDS,
      nowMs: this.#options.now(),
    });
  }

  // One after the other: verifying takes turns of the event loop, and the order of signals matters.
  #enqueue(signal: ReceivedSignal): void {
    if (this.#unverified >= MAX_UNVERIFIED) {
      const error = new BonafideError('LIMIT_EXCEEDED', 'More signals came than could be verified.');
      this.#options.onViolation({ reason: 'excessive', did: signal.from?.did, error });
      return;
    }
    this.#unverified += 1;
    this.#received = this.#received.then(() => this.#receive(signal));
  }

  async #receive(signal: ReceivedSignal): Promise<void> {
    const deliver = await this.#check(signal).catch((error: unknown) => {
      const { reason, cause } = error instanceof Refused ? error : asRefused(error);
      return () => this.#options.onViolation({ reason, did: signal.from?.did, error: cause });
    });
    this.#unverified -= 1;
    if (!this.#isClosed) deliver?.();
  }

  async #check(signal: ReceivedSignal): Promise<(() => void) | undefined> {
    const { id, payload } = await this.#verify(signal);
    const { from } = signal;
    if (!from) return () => this.#options.onGateway(payload.message);
    const verified = this.#place(id, { payload, from });
    return verified && (() => this.#options.onPeer(verified));
  }

  async #verify({ from, envelope }: ReceivedSignal): Promise<{ id: string; payload: PeerSignal }> {
    if (envelope.length > MAX_SIGNAL_BYTES) throw refuse('malformed', 'A signal is too large.');
    const claimed = from?.did ?? this.#options.gatewayDid();
    const verified = await verifyEnvelope(envelope, { type: PEER_SIGNAL, nowMs: this.#options.now() });
    if (verified.iss !== claimed) throw refuse('forged', `A signal of ${claimed} has another signer.`);
    if (verified.exp === undefined || verified.exp - verified.iat > SIGNAL_LIFETIME_SECONDS) {
      throw refuse('malformed', `A signal is valid for ${SIGNAL_LIFETIME_SECONDS} seconds at most.`);
    }
    const payload = peerSignal.safeParse(verified.payload);
    if (!payload.success) throw refuse('malformed', 'A signal is not one of the protocol.');
    if (payload.data.to !== this.#options.signer.did) {
      throw refuse('wrong-recipient', 'A signal was meant for another agent.');
    }
    return { id: verified.id, payload: payload.data };
  }

  #place(
    id: string,
    { payload, from }: { readonly payload: PeerSignal; readonly from: PeerIdentity },
  ): VerifiedSignal | undefined {
    const { connectionId, sequence, message } = payload;
    if (!isPeerMessage(message) || connectionId === undefined || sequence === undefined) {
      throw refuse('malformed', `${message.type} is not a signal between peers about a connection.`);
    }
    const isOffer = message.type === 'OFFER';
    const placement = this.#sequences.place({ did: from.did, connectionId, sequence, id, isOffer });
    if (placement === 'next') return { from, connectionId, message };
    if (placement === 'repeated' || placement === 'stray') return undefined;
    throw refuse(placement, refusals[placement]);
  }
}

const refusals: Record<Exclude<Placement, 'next' | 'repeated' | 'stray'>, string> = {
  replayed: 'A signal came again.',
  'out-of-order': 'A signal came too early: some before it were held back.',
  excessive: 'A peer begins too many connections.',
};

/** 128 random bits as base64url, such as connections and messages are named by. */
export function createToken(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(16)));
}

function isPeerMessage(message: PeerMessage): message is PeerSignalMessage {
  return (signalRoutes.peer as readonly string[]).includes(message.type);
}

class Refused extends Error {
  readonly reason: Violation['reason'];
  override readonly cause: BonafideError;

  constructor(reason: Violation['reason'], cause: BonafideError) {
    super(cause.message, { cause });
    this.reason = reason;
    this.cause = cause;
  }
}

function refuse(reason: Violation['reason'], message: string): Refused {
  const options = { details: { reason } };
  if (reason === 'excessive')
    return new Refused(reason, new BonafideError('LIMIT_EXCEEDED', message, options));
  const code = reason === 'replayed' ? 'REPLAYED' : 'SIGNATURE_INVALID';
  return new Refused(reason, new AuthenticationError(message, { code, ...options }));
}

function asRefused(error: unknown): Refused {
  const cause = BonafideError.from(error);
  return new Refused(reasonOf(cause.details.reason), cause);
}

// A statement signed for another purpose is passed off as a signal: that is a forgery, not a slip.
function reasonOf(refusal: unknown): Violation['reason'] {
  if (refusal === 'expired' || refusal === 'from-the-future') return 'expired';
  const forgeries: readonly unknown[] = ['bad-signature', 'unexpected-type', 'unknown-key', 'weak-key'];
  return forgeries.includes(refusal) ? 'forged' : 'malformed';
}
