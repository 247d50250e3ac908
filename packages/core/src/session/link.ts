import type { BonafideError } from '../errors.ts';
import type { ClientFrame, GatewayFrame } from '../protocol/frames.ts';
import type { Welcome } from '../protocol/handshake.ts';

/** The kinds of frames that a gateway sends on an open session. */
export type GatewayFrameKind = GatewayFrame['t'];
export type GatewayFrameOf<Kind extends GatewayFrameKind> = Extract<GatewayFrame, { readonly t: Kind }>;

/** What the gateway said when it let this session in, and who signed that. */
export interface Admission {
  readonly welcome: Welcome;
  readonly gatewayDid: string;
}

/**
 * The one connection that the parts of a session share. It may be lost and found again while the session lives: a frame
 * that was sent on a connection that is lost since may or may not have arrived, and whoever needs to know sends it again
 * when the link is connected again.
 */
export interface SessionLink {
  readonly isConnected: boolean;
  /** Of the connection there is, or that there was last. */
  readonly admission: Admission;
  /** Ends with the session, for good; its reason is the BonafideError. A lost connection does not end it. */
  readonly signal: AbortSignal;
  /** Bytes that the network has not taken yet. */
  readonly bufferedBytes: number;
  /** Queues a frame; those of one turn of the event loop leave in one message. False: there is no connection. */
  sendFrame(frame: ClientFrame, body?: string): boolean;
  /** A number for what starts here; positive, and never given twice in a session, whatever connections it has. */
  nextNumber(): number;
  /**
   * Frames of these kinds, each with its body (empty where it has none). Any number of handlers may listen to a kind:
   * each ignores numbers that are not its own. What it throws becomes an `error` event. Returns the function that ends it.
   */
  onFrame<Kind extends GatewayFrameKind>(
    kinds: readonly Kind[],
    handler: (frame: GatewayFrameOf<Kind>, body: string) => void,
  ): () => void;
  /** After each welcome, the first one excepted: what was not answered can be sent again. */
  onConnect(listener: (admission: Admission) => void): () => void;
  /** After each loss of the connection, and when the session ends; `willReconnect` is false then. */
  onDisconnect(
    listener: (loss: { readonly error: BonafideError; readonly willReconnect: boolean }) => void,
  ): () => void;
  /** To the `error` handlers of the session. */
  reportError(error: unknown): void;
}
