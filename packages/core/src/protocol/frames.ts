import type { Envelope } from '../identity/envelope-format.ts';
import type { MessageKind } from '../models/message.ts';
import type { Problem } from '../problem.ts';

/** The WebSocket subprotocol, and what hello and welcome name. */
export const PROTOCOL = 'bonafide.v1';

/**
 * A frame is one line of JSON, its head; some kinds are followed by a second line, their body, which the gateway passes
 * on as it came. Several frames may share one WebSocket message or one POST. `n` numbers what its sender started:
 * positive from the client, negative from the gateway.
 */
export type ClientFrame =
  | HelloFrame
  | SendFrame
  | LiveFrame
  | AckFrame
  | RejectFrame
  | CreditFrame
  | CallFrame
  | OpenFrame
  | MoreFrame
  | CancelFrame
  | RequestFrame
  | ResponseFrame
  | ChunkFrame
  | FinishFrame
  | AbortFrame
  | PeerFrame
  | RelayFrame
  | PingFrame
  | PongFrame
  | ByeFrame;

export type GatewayFrame =
  | ChallengeFrame
  | WelcomeFrame
  | AcceptedFrame
  | RefusedFrame
  | MessageFrame
  | DeliveredLiveFrame
  | LostFrame
  | ResultFrame
  | ItemFrame
  | ResetFrame
  | EndFrame
  | ProblemFrame
  | SignalFrame
  | ConfigFrame
  | MoreFrame
  | RequestFrame
  | ResponseFrame
  | ChunkFrame
  | FinishFrame
  | AbortFrame
  | PeeredFrame
  | DeliveredPeerFrame
  | DeliveredRelayFrame
  | PingFrame
  | PongFrame
  | ByeFrame;

export interface ChallengeFrame {
  readonly t: 'challenge';
  readonly protocol: typeof PROTOCOL;
  /** DID of the gateway. */
  readonly gateway: string;
  readonly nonce: string;
  /** RFC 3339. */
  readonly at: string;
}

/** A key signs an envelope of type `session.hello`; who has a token instead sends it with the same payload unsigned. */
export interface HelloFrame {
  readonly t: 'hello';
  readonly envelope?: Envelope;
  readonly token?: string;
  readonly payload?: unknown;
}

/** Signed by the gateway, type `session.welcome`. */
export interface WelcomeFrame {
  readonly t: 'welcome';
  readonly envelope: Envelope;
}

/** Body: the message. Durable: answered by `accepted` once it is kept, or by `refused`. */
export interface SendFrame {
  readonly t: 'send';
  readonly n: number;
  readonly to: string;
  readonly kind: MessageKind;
  readonly id: string;
  readonly ttl?: number;
  readonly replyTo?: string;
  readonly grant?: string;
}

/** Body: the message. Never kept; only a failure is answered, and only where `n` is given. */
export interface LiveFrame {
  readonly t: 'live';
  readonly to: string;
  readonly kind: MessageKind;
  readonly n?: number;
}

/** Pairs of the number of a `send` and its sequence in the inbox; negative when it had been sent before. */
export interface AcceptedFrame {
  readonly t: 'accepted';
  readonly list: readonly (readonly [n: number, sequence: number])[];
}

export interface RefusedFrame {
  readonly t: 'refused';
  readonly n: number;
  readonly problem: Problem;
}

/** Body: the message. `d` counts deliveries of this session from 1; `try` how often this message was delivered. */
export interface MessageFrame {
  readonly t: 'msg';
  readonly d: number;
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly kind: MessageKind;
  readonly seq: number;
  readonly at: string;
  readonly try: number;
  readonly exp?: string;
  readonly replyTo?: string;
  readonly sub?: string;
}

/** Body: the message. */
export interface DeliveredLiveFrame {
  readonly t: 'live';
  readonly from: string;
  readonly to: string;
  readonly kind: MessageKind;
}

/** So many live messages did not fit, because this reader was too slow. */
export interface LostFrame {
  readonly t: 'lost';
  readonly count: number;
}

/** Everything delivered up to `d` is dealt with. */
export interface AckFrame {
  readonly t: 'ack';
  readonly d: number;
}

/** This delivery cannot be dealt with: it becomes a dead letter. It counts as acknowledged. */
export interface RejectFrame {
  readonly t: 'reject';
  readonly d: number;
  readonly reason: string;
}

/** How many deliveries may be unacknowledged from now on; 0 pauses. */
export interface CreditFrame {
  readonly t: 'credit';
  readonly messages: number;
}

/** Body: the input of the operation. Answered by `result` or `problem`. */
export interface CallFrame {
  readonly t: 'call';
  readonly n: number;
  readonly op: string;
  readonly key?: string;
}

/** Body: the output. */
export interface ResultFrame {
  readonly t: 'result';
  readonly n: number;
}

export interface ProblemFrame {
  readonly t: 'problem';
  readonly n: number;
  readonly problem: Problem;
}

/** Body: the input. Opens a stream operation; `more` says how many items may come. */
export interface OpenFrame {
  readonly t: 'open';
  readonly n: number;
  readonly op: string;
  readonly cursor?: string;
  readonly credit: number;
}

/** Body: one item. */
export interface ItemFrame {
  readonly t: 'item';
  readonly n: number;
  readonly id?: string;
}

export interface ResetFrame {
  readonly t: 'reset';
  readonly n: number;
  readonly oldest: string;
}

export interface EndFrame {
  readonly t: 'end';
  readonly n: number;
}

/** So many more items of a stream, or bytes of a proxied body, may be sent. */
export interface MoreFrame {
  readonly t: 'more';
  readonly n: number;
  readonly count: number;
}

/** Ends a call or a stream early. */
export interface CancelFrame {
  readonly t: 'cancel';
  readonly n: number;
}

/** Head of an HTTP request to a service, or, with a negative `n`, of one that a service is to answer. */
export interface RequestFrame {
  readonly t: 'request';
  readonly n: number;
  readonly to: string;
  readonly method: string;
  /** With query. */
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly timeoutMs: number;
  readonly hasBody: boolean;
  readonly grant?: string;
}

export interface ResponseFrame {
  readonly t: 'response';
  readonly n: number;
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly hasBody: boolean;
}

/** Body: at most 64 KiB of the HTTP body in base64. */
export interface ChunkFrame {
  readonly t: 'chunk';
  readonly n: number;
}

/** The HTTP body is complete. */
export interface FinishFrame {
  readonly t: 'finish';
  readonly n: number;
}

/** Either side gives an HTTP exchange up. */
export interface AbortFrame {
  readonly t: 'abort';
  readonly n: number;
  readonly problem: Problem;
}

/**
 * Body: the envelope of a peer message, to the gateway or to the agent with this key. Answered by `peered` once it was
 * handed on, or by `refused`.
 */
export interface PeerFrame {
  readonly t: 'peer';
  readonly n: number;
  /** DID. */
  readonly to: string;
}

export interface PeeredFrame {
  readonly t: 'peered';
  readonly n: number;
}

/** Body: the envelope as its sender signed it. `from` is its sender's DID; absent: the gateway itself. */
export interface DeliveredPeerFrame {
  readonly t: 'peer';
  readonly from?: { readonly did: string; readonly agentId: string; readonly workspace: string };
}

/** Body: a packet that only the peer can open, in base64url. Only a failure is answered, by `refused`. */
export interface RelayFrame {
  readonly t: 'relay';
  readonly n: number;
  /** DID. */
  readonly to: string;
}

export interface DeliveredRelayFrame {
  readonly t: 'relay';
  /** DID. */
  readonly from: string;
}

/** The gateway is about to close the session, at once or after some seconds. */
export interface SignalFrame {
  readonly t: 'signal';
  readonly signal: 'graceful-disconnect' | 'force-disconnect';
  readonly reason: string;
}

export interface ConfigFrame {
  readonly t: 'config';
  readonly config: SessionConfig;
}

export interface PingFrame {
  readonly t: 'ping';
}

export interface PongFrame {
  readonly t: 'pong';
}

/** The last frame; with a problem when it was not the other side's wish. */
export interface ByeFrame {
  readonly t: 'bye';
  readonly problem?: Problem;
}

/** What a client gets to know of where it works; again whenever it changes. */
export interface SessionConfig {
  readonly workspace: string;
  readonly tenant: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Kinds of frames that have a body. */
export const framesWithBody: ReadonlySet<string> = new Set([
  'send',
  'live',
  'msg',
  'call',
  'result',
  'open',
  'item',
  'chunk',
  'peer',
  'relay',
]);
