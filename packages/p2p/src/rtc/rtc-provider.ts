/** A STUN or TURN server, as WebRTC names it. */
export interface IceServer {
  /** `stun:host:port`, `turn:host:port` or `turns:host:port`. */
  readonly urls: string | readonly string[];
  readonly username?: string | undefined;
  readonly credential?: string | undefined;
}

/** How direct paths are looked for. */
export interface IceSettings {
  /** None unless given: nobody is asked for addresses, and none is told to strangers. */
  readonly iceServers?: readonly IceServer[] | undefined;
  /** `relay`: only through TURN, which hides the own address from the peer. */
  readonly iceTransportPolicy?: 'all' | 'relay' | undefined;
  /** The only local address that is used, where the implementation can choose; Node can. */
  readonly bindAddress?: string | undefined;
}

/** An implementation of WebRTC: the one of the browser, or one for Node. */
export interface RtcProvider {
  readonly name: string;
  /** It can give a connection new ICE credentials; else a lost one is replaced. */
  readonly canRestartIce: boolean;
  /** With the offer, where the connection is to answer one. */
  createConnection(settings: IceSettings, offer?: string): RTCPeerConnection;
}
