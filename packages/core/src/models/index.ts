export {
  type AccessLevel,
  type AclExplanation,
  type AclFallback,
  type AclResourceType,
  type AclRule,
  accessLevel,
  accessLevels,
  aclExplanation,
  aclFallback,
  aclResourceType,
  aclRule,
  type Grant as DelegationGrant,
  grant as delegationGrant,
} from './acl.ts';
export {
  type Action,
  action,
  actionName,
  actionRequest,
  actionStatus,
  type RecordedAction,
  recordedAction,
} from './action.ts';
export {
  type Address,
  type AddressOf,
  addressPart,
  addressText,
  canonicalAddress,
  formatAddress,
  formatDottedAddress,
  isPrincipalAddress,
  type PrincipalAddress,
  type PrincipalType,
  parseAddress,
  principalType,
  workspaceOfAddress,
} from './address.ts';
export type { JobAdvice } from './advice.ts';
export {
  type Agent as AgentRecord,
  type AgentProfile,
  agent,
  agentProfile,
  agentStatus,
  agentType,
  type FoundAgent,
  foundAgent,
} from './agent.ts';
export { type Alert, alert, alertSeverity, alertType } from './alert.ts';
export { type Approval, approval, approvalStatus } from './approval.ts';
export { type Artifact, artifact, cid, MAX_ARTIFACT_BYTES } from './artifact.ts';
export {
  type AuditCheckpoint,
  type AuditEntry,
  type AuditExportLine,
  type AuditFinding,
  type AuditReceipt,
  type AuditVerdict,
  auditCheckpoint,
  auditEntry,
  auditExportLine,
  auditReceipt,
  auditVerdict,
  type ConsistencyProof,
  consistencyProof,
  type InclusionProof,
  inclusionProof,
} from './audit.ts';
export {
  type CapabilityGrant,
  capabilityGrant,
  capabilityPattern,
  capabilityStatus,
} from './capability.ts';
export {
  type CheckpointInfo,
  checkpointInfo,
  MAX_CHECKPOINT_BYTES,
  MAX_CHECKPOINTS,
} from './checkpoint.ts';
export { fromCid, toCid } from './cid.ts';
export {
  address,
  amountUsdc,
  did,
  hash32,
  hex,
  id,
  name,
  page,
  type Risk,
  risk,
  timestamp,
  uint256,
} from './common.ts';
export {
  type ComplianceReport,
  type Control,
  type ControlEvidence,
  complianceReport,
  control,
  controlEvidence,
  controlVerdict,
  type ReportFormat,
  type ReportType,
  reportFormat,
  reportType,
} from './compliance.ts';
export { type Connection, connection } from './connection.ts';
export {
  type Arbitrator,
  arbitrator,
  type Dispute,
  type DisputeStage,
  dispute,
  disputeStage,
} from './dispute.ts';
export type { ChainFeedback, ChainIdentity, ChainValidation } from './erc8004.ts';
export { type Event, event } from './event.ts';
export { type ChainInfo, chainInfo, type GatewayInfo, gatewayInfo } from './gateway.ts';
export {
  hasEnded,
  type Job,
  type JobHistoryEntry,
  type JobResolution,
  type JobRole,
  type JobScore,
  type JobWrite,
  job,
  jobHistoryEntry,
  jobId,
  jobResolution,
  jobRole,
  jobStatus,
  type NextAction,
  nextAction,
} from './job.ts';
export type { JobRulesInput } from './job-input.ts';
export {
  type KvChange,
  type KvEntry,
  type KvEntryInfo,
  type KvScope,
  kvChange,
  kvEntry,
  kvEntryInfo,
  kvKey,
  kvScope,
  MAX_KV_BYTES,
  MAX_KV_KEYS,
} from './kv.ts';
export {
  type DiscoveredServer,
  type DiscoveryProblem,
  discoveredServer,
  discoveryProblem,
  type McpClientName,
  type McpConfidence,
  type McpDrift,
  type McpManifest,
  type McpServer,
  type McpTool,
  type McpTransport,
  mcpClientName,
  mcpDrift,
  mcpManifest,
  mcpServer,
  mcpTransport,
} from './mcp-server.ts';
export { type Member, member, memberRole } from './member.ts';
export {
  type DeadLetter,
  deadLetter,
  MAX_MESSAGE_BYTES,
  type Message,
  type MessageKind,
  message,
  messageId,
  messageKind,
  type Queue,
  queue,
} from './message.ts';
export { type MetricReport, type MetricSample, metricReport, metricSample } from './metric.ts';
export { formatUsdc, parseUsdc } from './money.ts';
export {
  type ExecutionProgress,
  executionProgress,
  type IntentReply,
  type IntentRequest,
  intentReply,
  type PeerMessage,
  type PeerMessageOf,
  type PeerMessageType,
  type PeerQuote,
  type PeerSignal,
  type PeerState,
  peerMessage,
  peerProblem,
  peerQuote,
  peerSignal,
  peerState,
  signalRoutes,
} from './peer.ts';
export { MAX_RELAYED_BYTES, MAX_SIGNAL_BYTES, PEER_SIGNAL } from './peer-limits.ts';
export {
  cedarText,
  decisionStatus,
  type Explanation,
  explanation,
  type Policy,
  type PolicyIssue,
  policy,
  policyIssue,
  policyMode,
} from './policy.ts';
export { type PolicyTestCase, policyTestCase } from './policy-test.ts';
export { REDACTED, TOKEN_PREFIX } from './redacted.ts';
export { type RelayedTransaction, relayedTransaction, relayStatus } from './relay.ts';
export { type Reputation, reputation } from './reputation.ts';
export { capability, type Skill, skill, skills } from './skill.ts';
export {
  type Assignment,
  assignment,
  assignmentMode,
  type Implementation,
  implementation,
  type Launch,
  launch,
  MAX_TASK_BYTES,
  retryPolicy,
  type Task,
  type TaskEvent,
  type TaskStatus,
  task,
  taskEvent,
  taskProgress,
  taskStatus,
} from './task.ts';
export { type JobTemplate, jobTemplate } from './template.ts';
export {
  type DisputeRules,
  type JobConsent,
  type JobOffer,
  type JobRules,
  type JobTerms,
  jobConsent,
  jobOffer,
  jobRules,
  jobTerms,
} from './terms.ts';
export {
  type ContractRules,
  type ContractTerms,
  fromContractRules,
  fromContractTerms,
  toContractRules,
  toContractTerms,
} from './terms-codec.ts';
export { type Token, token, tokenRole } from './token.ts';
export type { ProtocolStats, TreasuryBalances } from './treasury.ts';
export {
  type Feedback,
  feedback,
  type TrustFactor,
  type TrustFactorName,
  type TrustPoint,
  type TrustScore,
  trustPoint,
  trustScore,
  trustWeights,
} from './trust.ts';
export { walletLinkMessage } from './wallet.ts';
export { type Delivery, delivery, deliveryStatus, type Webhook, webhook } from './webhook.ts';
export {
  type RuleAction,
  ruleAction,
  ruleTrial,
  ruleTrigger,
  type WorkflowEvent,
  type WorkflowRule,
  workflowEvent,
  workflowRule,
} from './workflow.ts';
export { type Workspace, type WorkspaceSettings, workspace, workspaceSettings } from './workspace.ts';
