import type { OperationId } from '@bonafide/core/operations';
import { vi } from 'vitest';
import { joinAs } from './people.ts';
import { type Body, newSigner, type Sender, type TestGateway } from './test-gateway.ts';

/** Something of every kind that a workspace can hold. */
export interface World {
  readonly ids: Ids;
  readonly senders: Readonly<Record<Sending, Sender>>;
}

export interface Ids {
  readonly agentId: string;
  readonly actionId: string;
  readonly approvedActionId: string;
  readonly approvalId: string;
  readonly parametersDigest: string;
  readonly capabilityId: string;
  readonly alertId: string;
  readonly serverId: string;
  readonly cid: string;
  readonly memberId: string;
  readonly tokenId: string;
  readonly webhookId: string;
  readonly deliveryId: string;
  readonly workspace: string;
  readonly aclRuleId: string;
  readonly workflowRuleId: string;
  readonly grantId: string;
}

export type Sending = 'owner' | 'approver' | 'auditor' | 'member' | 'reader' | 'enrolment' | 'agent';

/** Fills a workspace; everything in it carries the name of the workspace. */
export async function fillWorkspace(
  gateway: TestGateway,
  { workspace, webhookUrl }: { workspace: string; webhookUrl: string },
): Promise<World> {
  const { ownerToken } = await gateway.gateway.createWorkspace(workspace);
  const owner = { token: ownerToken };
  const as = async (sender: Sender, id: OperationId, input: Body): Promise<Body> => {
    const { status, body } = await gateway.call(sender, id, input);
    if (status !== 200) throw new Error(`${id}: ${JSON.stringify(body)}`);
    return body;
  };
  const machine = async (role: string) => as(owner, 'tokens.create', { name: `${workspace} ${role}`, role });
  const [reader, enrolment] = [await machine('reader'), await machine('enrolment')];
  const agent = { signer: newSigner() };
  const registration = { name: `${workspace}-agent`, enrolmentToken: enrolment.secret };
  const { agentId } = await as(agent, 'agents.register', registration);
  const people = await invitePeople(gateway, ownerToken);
  const access = await giveAccess({ as, owner, agentId, workspace });
  const things = await makeThings({ as, agent, owner, workspace, webhookUrl });
  return {
    ids: {
      agentId,
      memberId: people.member.memberId,
      tokenId: reader.tokenId,
      workspace,
      ...access,
      ...things,
    },
    senders: {
      ...{ owner, agent, reader: { token: reader.secret }, enrolment: { token: enrolment.secret } },
      ...{ approver: people.approver, auditor: people.auditor, member: people.member },
    },
  };
}

async function invitePeople(gateway: TestGateway, ownerToken: string) {
  return {
    approver: await joinAs(gateway, 'approver', { ownerToken }),
    auditor: await joinAs(gateway, 'auditor', { ownerToken }),
    member: await joinAs(gateway, 'member', { ownerToken }),
  };
}

interface Making {
  readonly as: (sender: Sender, id: OperationId, input: Body) => Promise<Body>;
  readonly agent: Sender;
  readonly owner: Sender;
  readonly workspace: string;
  readonly webhookUrl: string;
}

async function giveAccess({
  as,
  owner,
  agentId,
  workspace,
}: Pick<Making, 'as' | 'owner' | 'workspace'> & { agentId: string }) {
  const principal = { principalType: 'agent', principalId: `agent:${agentId}` };
  const rule = { ...principal, resourceType: 'kv', resourceId: `workspace/${workspace}`, level: 10 };
  const { ruleId } = await as(owner, 'acl.createRule', rule);
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const grant = { delegate: agentId, operations: ['kv.get'], reason: `${workspace} trusts it`, expiresAt };
  const { grantId } = await as(owner, 'grants.create', grant);
  const acts = { on: { eventType: 'never' }, actions: [{ do: 'putKey', key: workspace, value: workspace }] };
  const workflow = await as(owner, 'workflows.createRule', { name: `${workspace} rule`, ...acts });
  return { aclRuleId: ruleId, grantId, workflowRuleId: workflow.ruleId };
}

async function makeThings({ as, agent, owner, workspace, webhookUrl }: Making) {
  const hook = await as(owner, 'webhooks.create', { url: webhookUrl, types: ['approval.requested'] });
  const pending = await as(agent, 'actions.verify', {
    action: 'jobs.fund',
    parameters: { note: `${workspace} secret` },
    resource: `${workspace}/db`,
  });
  const approved = await as(agent, 'actions.verify', { action: 'a.b', risk: 'low' });
  const capability = { capability: 'db.read', reason: `${workspace} needs it` };
  const requested = await as(agent, 'capabilities.request', capability);
  const server = await as(agent, 'mcpServers.pin', {
    name: `${workspace}-server`,
    manifest: manifestOf(workspace),
  });
  const stored = await as(agent, 'artifacts.put', {
    content: Buffer.from(`${workspace} artifact`).toString('base64'),
    mediaType: 'text/plain',
  });
  await tamper({ as, agent, actionId: approved.actionId });
  const { items: alerts } = await as(owner, 'alerts.list', { type: 'approval.tampered' });
  const deliveryId = await deliveredId({ as, owner, webhookId: hook.webhookId });
  return {
    ...{ actionId: pending.actionId, approvalId: pending.approvalId, cid: stored.cid },
    ...{ parametersDigest: pending.parametersDigest, approvedActionId: approved.actionId },
    ...{ capabilityId: requested.capabilityId, alertId: alerts[0].alertId, serverId: server.serverId },
    ...{ webhookId: hook.webhookId, deliveryId },
  };
}

/** Of the delivery that was taken, after which nothing about it changes by itself. */
async function deliveredId({
  as,
  owner,
  webhookId,
}: Pick<Making, 'as' | 'owner'> & { webhookId: string }): Promise<string> {
  return vi.waitFor(
    async () => {
      const { items } = await as(owner, 'webhooks.listDeliveries', { webhookId, status: 'delivered' });
      return items[0]?.deliveryId ?? Promise.reject(new Error('nothing was delivered'));
    },
    { timeout: 20_000 },
  );
}

/** Other parameters than those approved: refused, and an alert. */
async function tamper({
  as,
  agent,
  actionId,
}: Pick<Making, 'as' | 'agent'> & { actionId: string }): Promise<void> {
  const attempt = as(agent, 'actions.start', { actionId, parametersDigest: 'A'.repeat(43) });
  await attempt.catch((error: Error) => {
    if (!error.message.includes('CONFLICT')) throw error;
  });
}

function manifestOf(workspace: string): Body {
  return {
    transport: { type: 'stdio', command: `${workspace}-mcp`, args: [], envNames: [] },
    tools: [{ name: 'read', description: `${workspace} tool`, inputSchema: { type: 'object' } }],
  };
}
