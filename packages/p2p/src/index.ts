export type { Connector, LinkedPeer, PeerIdentity, Violation } from './connection/connector.ts';
export type {
  AnsweredIntent,
  Capability,
  Channel,
  ChannelOptions,
  Execution,
  ExecutionHandler,
  ExecutionRequest,
  IncomingExecution,
  IncomingIntent,
  IntentHandler,
  Json,
  Peer,
  Schema,
  SchemaIssue,
} from './exchange/types.ts';
export type { PeerEvents, Peers, PeersOptions } from './network/types.ts';
export type { PathKind } from './path/path.ts';
export type { IceServer, IceSettings, RtcProvider } from './rtc/rtc-provider.ts';
