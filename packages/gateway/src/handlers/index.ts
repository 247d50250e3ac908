import { BonafideError } from '@bonafide/core/errors';
import type { Context } from '../context.ts';
import { aclHandlers } from './acl.ts';
import { actionHandlers } from './actions.ts';
import { agentHandlers } from './agents.ts';
import { alertHandlers } from './alerts.ts';
import { approvalHandlers } from './approvals.ts';
import { artifactHandlers } from './artifacts.ts';
import { auditHandlers } from './audit.ts';
import { capabilityHandlers } from './capabilities.ts';
import { checkpointHandlers } from './checkpoints.ts';
import { complianceHandlers } from './compliance.ts';
import { connectionHandlers } from './connections.ts';
import { eventHandlers } from './events.ts';
import { gatewayHandlers } from './gateway.ts';
import { grantHandlers } from './grants.ts';
import { jobHandlers } from './jobs.ts';
import { kvHandlers } from './kv.ts';
import { launchHandlers } from './launches.ts';
import { marketHandlers } from './market.ts';
import { mcpServerHandlers } from './mcp-servers.ts';
import { memberHandlers } from './members.ts';
import { messageHandlers } from './messages.ts';
import { metricHandlers } from './metrics.ts';
import { policyHandlers } from './policies.ts';
import { relayHandlers } from './relay.ts';
import { reputationHandlers } from './reputation.ts';
import { serviceHandlers } from './services.ts';
import { taskHandlers } from './tasks.ts';
import { tokenHandlers } from './tokens.ts';
import { trustHandlers } from './trust.ts';
import type { HandlersOf, RemoteId, StreamItem } from './types.ts';
import { usdcHandlers } from './usdc.ts';
import { webhookHandlers } from './webhooks.ts';
import { workflowHandlers } from './workflows.ts';
import { workspaceHandlers } from './workspaces.ts';

/** One handler for each operation that runs in the gateway; the type refuses a missing one. */
const handlers: HandlersOf<RemoteId> = {
  ...messageHandlers,
  ...kvHandlers,
  ...checkpointHandlers,
  ...taskHandlers,
  ...launchHandlers,
  ...workflowHandlers,
  ...metricHandlers,
  ...serviceHandlers,
  ...aclHandlers,
  ...grantHandlers,
  ...connectionHandlers,
  ...actionHandlers,
  ...agentHandlers,
  ...approvalHandlers,
  ...artifactHandlers,
  ...auditHandlers,
  ...eventHandlers,
  ...gatewayHandlers,
  ...jobHandlers,
  ...marketHandlers,
  ...relayHandlers,
  ...reputationHandlers,
  ...tokenHandlers,
  ...alertHandlers,
  ...capabilityHandlers,
  ...complianceHandlers,
  ...mcpServerHandlers,
  ...memberHandlers,
  ...policyHandlers,
  ...trustHandlers,
  ...webhookHandlers,
  ...workspaceHandlers,
  ...usdcHandlers,
};

// Ids come from the route table and inputs from the schema of the same operation, which types cannot follow here.
type AnyHandler<Result> = (context: Context, input: unknown) => Result;

/** Runs a remote operation with input that its schema has read. */
export function runRemote(id: string, context: Context, input: unknown): Promise<unknown> {
  return (
    (handlers as unknown as Record<string, AnyHandler<Promise<unknown>>>)[id]?.(context, input) ?? missing(id)
  );
}

/** Opens a stream; throws at once what refuses it. */
export function openStream(id: string, context: Context, input: unknown): AsyncIterable<StreamItem<unknown>> {
  const open = (handlers as unknown as Record<string, AnyHandler<AsyncIterable<StreamItem<unknown>>>>)[id];
  return open?.(context, input) ?? missing(id);
}

function missing(id: string): never {
  throw new BonafideError('UNSUPPORTED', `This gateway does not run ${id}.`);
}
