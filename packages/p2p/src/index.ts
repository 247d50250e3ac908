export { Agent, type StartOptions, type StopOptions } from './agent/agent.ts';
export { type Capabilities, capability, type ExecutionOf, toSkill } from './agent/capability.ts';
export type { PeerIdentity, Violation } from './connection/connector.ts';
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
export { openPeers } from './network/open-peers.ts';
export type { CloseOptions, PeerEvents, Peers, PeersOptions } from './network/types.ts';
export type { PathKind } from './path/path.ts';
export type { IceServer, IceSettings, RtcProvider } from './rtc/rtc-provider.ts';
