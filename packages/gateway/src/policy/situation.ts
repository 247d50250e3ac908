import type { AgentRecord, Risk } from '@bonafide/core/models';
import type { Question } from '../actions/decide.ts';
import { covers, presentCapability } from '../capabilities/covers.ts';
import { driftedServerOf, mcpServerOf } from '../mcp-servers/guard.ts';
import { formerKeyOf } from '../peers/former-key.ts';
import type { Reader } from '../stores/store.ts';
import { currentTrust } from '../trust/current.ts';
import { settingsOf } from '../workspaces/settings.ts';
import type { Facts } from './evaluate.ts';
import { type MinimumRisk, minimumRisk } from './minimum-risk.ts';

/** Everything a decision depends on, besides the policies. */
export interface Situation extends Facts {
  readonly agentStatus: AgentRecord['status'];
  readonly minimum: MinimumRisk;
  readonly requestedRisk: Risk | undefined;
  /** The granted capability that covers the action. */
  readonly capabilityId: string | undefined;
  /** The MCP server it runs on, when that changed and nobody has approved the change. */
  readonly driftedServer: string | undefined;
  /** The key that it is done for, when that is no agent's any more. */
  readonly formerKey: string | undefined;
}

export function situationOf(reader: Reader, question: Question, now: string): Situation {
  const { agent, action, resource, parameters, requestedRisk } = question;
  const granted = reader.tables.capabilities
    .listGranted(reader.workspace, agent.agentId)
    .filter((grant) => presentCapability(grant, now).status === 'granted');
  const covering = granted.find((grant) => covers(grant, question));
  return {
    ...{
      agentId: agent.agentId,
      agentName: agent.name,
      agentType: agent.agentType,
      agentStatus: agent.status,
    },
    ...{ action, parameters, requestedRisk, ...placeOf(reader, { action, resource }) },
    trust: currentTrust(reader, agent.agentId),
    capabilities: granted.map(({ capability }) => capability),
    hasCapability: covering !== undefined,
    capabilityId: covering?.capabilityId,
  };
}

/** What an action of this name on this resource is up against, whoever asks. */
export function placeOf(
  reader: Reader,
  { action, resource }: { readonly action: string; readonly resource: string | undefined },
): Pick<Situation, 'minimum' | 'target' | 'mcpServer' | 'driftedServer' | 'formerKey'> {
  const { minimumRisks, driftNeedsApproval } = settingsOf(reader);
  return {
    minimum: minimumRisk(action, minimumRisks),
    target: resource,
    mcpServer: mcpServerOf(resource),
    driftedServer: driftNeedsApproval ? driftedServerOf(reader, resource) : undefined,
    formerKey: formerKeyOf(reader, { action, resource }),
  };
}
