export { type Action, action, actionName, actionRequest, actionStatus } from './action.ts';
export {
  type Agent as AgentRecord,
  type AgentProfile,
  agent,
  agentProfile,
  agentStatus,
  agentType,
} from './agent.ts';
export { type Approval, approval, approvalStatus } from './approval.ts';
export { type Artifact, artifact, cid, MAX_ARTIFACT_BYTES } from './artifact.ts';
export { type AuditEntry, auditEntry } from './audit.ts';
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
export { type Event, event } from './event.ts';
export { type ChainInfo, chainInfo, type GatewayInfo, gatewayInfo } from './gateway.ts';
export { type Job, job, jobId, jobRole, jobStatus, nextAction } from './job.ts';
export { formatUsdc, parseUsdc } from './money.ts';
export { type RelayedTransaction, relayedTransaction, relayStatus } from './relay.ts';
export { type Reputation, reputation } from './reputation.ts';
export { type Token, token, tokenRole } from './token.ts';
export { walletLinkMessage } from './wallet.ts';
