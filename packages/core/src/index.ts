export { type ClientOptions, createClient, type GovernedClient } from './client/create-client.ts';
export type { Governance, GovernanceOptions } from './client/governance.ts';
export type {
  AuditLog,
  AuditLogQuery,
  AuditLogs,
  ComplianceReportRequest,
  Insights,
  LoggedAction,
  TrustBreakdown,
} from './client/insights.ts';
export type { LocalContext, LocalHandlers } from './client/local-handlers.ts';
export type { LogLevel, LogOptions } from './client/log.ts';
export type { KeyStore } from './client/platform.ts';
export {
  type AgentProfileOptions,
  type ConnectOptions,
  connect,
  type Revealable,
  type SecureOptions,
  secure,
} from './client/secure.ts';
export type {
  ActionDecorator,
  ApprovalOptions,
  Tracker,
  Tracking,
  TrackOptions,
} from './client/tracking-types.ts';
export type {
  ActionRequest,
  Agent,
  AgentSessionOptions,
  ApprovedAction,
  CallOptions,
  ChainDeployment,
  ChainSettings,
  Client,
  Grant,
  Invoker,
  LocalWallet,
  Method,
  PeerNetwork,
  ProviderWallet,
  SmartWallet,
  StreamOptions,
  Wallet,
  WalletLimits,
} from './client/types.ts';
export { walletFromKey } from './client/wallet-from-key.ts';
export {
  AuthenticationError,
  BonafideError,
  ChainError,
  ConnectionError,
  type ErrorCode,
  errorCodes,
  type Issue,
  RateLimitError,
  TimeoutError,
  ValidationError,
  VerificationError,
} from './errors.ts';
export type { Signer } from './identity/keys.ts';
export type {
  Content,
  Deliverable,
  Hired,
  HireOptions,
  HireRequest,
  JobTask,
  Judge,
  Judgement,
  Market,
  Offering,
  ResumeRequest,
  RoleOptions,
  RoleStep,
  RunningRole,
  Score,
  TakeRequest,
  Verdict,
  Work,
} from './market/types.ts';
export type { StreamGap } from './transport/sse.ts';
export type { TlsMaterial, TlsOptions } from './transport/tls.ts';
export {
  DEFAULT_GATEWAY_URL,
  type RequestEvent,
  type RetryOptions,
  type TransportOptions,
} from './transport/transport.ts';
