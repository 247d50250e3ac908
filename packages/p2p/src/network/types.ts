import type { Agent, CallOptions, PeerNetwork } from '@bonafide/core';
import type { PeerIdentity, Violation } from '../connection/connector.ts';
import type { Capability, Channel, ExecutionHandler, IntentHandler, Peer } from '../exchange/types.ts';
import type { IceSettings, RtcProvider } from '../rtc/rtc-provider.ts';

export interface PeersOptions extends IceSettings {
  /** Default that of the platform. */
  readonly rtc?: RtcProvider | undefined;
  /** Who may connect: agents of the own workspace (default), any, or whom this lets in. Whoever does learns an address. */
  readonly accept?: 'workspace' | 'anyone' | ((peer: PeerIdentity) => boolean | Promise<boolean>) | undefined;
  /** Default true: where no direct way exists, the gateway carries sealed packets, if the peer allows it, too. */
  readonly allowsRelay?: boolean | undefined;
  /** Time for a new channel; default 20,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long a lost channel is looked for before it is given up; default 60,000. */
  readonly resumeTimeoutMs?: number | undefined;
}

export interface PeerEvents {
  /** Somebody connected, or was connected to. */
  readonly connected: Peer;
  readonly closed: Peer;
  /** Its state or its path changed. */
  readonly changed: Peer;
  readonly channel: { readonly peer: Peer; readonly channel: Channel };
  readonly violation: Violation;
  /** A handler threw, or something failed that nobody waited for. */
  readonly error: Error;
}

/** The channels of one agent to others. It is known to the gateway as long as this is open. */
export interface Peers extends PeerNetwork {
  readonly agent: Agent;
  connect(did: string, options?: CallOptions): Promise<Peer>;
  get(did: string): Peer | undefined;
  list(): readonly Peer[];
  on<Name extends keyof PeerEvents>(event: Name, handler: (value: PeerEvents[Name]) => void): () => void;
  /**
   * What is replied to intents; without one, tasks that fit what is provided are accepted. Throws CONFLICT when there is one.
   * Returns the function that removes it.
   */
  onIntent(handler: IntentHandler): () => void;
  /** Runs a capability for peers, each time with the gateway's permission, as any other action. */
  provide<Args, Result>(
    name: string,
    capability: Capability<Args, Result>,
    handler: ExecutionHandler<Args>,
  ): () => void;
  /** Closes every channel, tells the gateway, and ends the session. Further calls wait for the first. */
  close(options?: CloseOptions): Promise<void>;
}

export interface CloseOptions {
  /** Takes nothing new, and gives what runs so long to finish and to arrive; absent: it is aborted at once. */
  readonly finishWithinMs?: number | undefined;
}
