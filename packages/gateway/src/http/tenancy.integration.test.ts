import { DatabaseSync } from 'node:sqlite';
import { encodeEnvelope, signEnvelope } from '@bonafide/core/identity';
import { type Operation, operationList, type Scope } from '@bonafide/core/operations';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RemoteId } from '../handlers/types.ts';
import { coordinationCases, type TenancyCase } from '../testing/tenancy-coordination.ts';
import {
  type Answer,
  type Body,
  newSigner,
  type Sender,
  signed,
  startGateway,
  type TestGateway,
  toAnswer,
  toRequest,
} from '../testing/test-gateway.ts';
import { fillWorkspace, type Ids, type Sending, type World } from '../testing/worlds.ts';
import { type Receiver, startReceiver } from '../webhooks/testing/receiver.ts';
import { isGranted } from './scopes.ts';

type Remote = Extract<Operation, { kind: 'remote' | 'stream' }>;

const manifest = {
  transport: { type: 'stdio', command: 'x', args: [], envNames: [] },
  tools: [{ name: 'read', inputSchema: { type: 'object' } }],
};
const digest = 'A'.repeat(43);
const ADDRESS = `0x${'1'.repeat(40)}`;
const HASH = `0x${'1'.repeat(64)}`;
const consent = {
  ...{ kind: 'cancellation', jobId: '1', signer: ADDRESS, validUntil: '2100-01-01T00:00:00Z' },
  ...{ signature: '0x00', providerAmountUsdc: '1' },
};

async function attestation(
  payload: { serverId: string; toolsDigest: string },
  sender: Sender,
): Promise<string> {
  const signer = 'signer' in sender && sender.signer ? sender.signer : newSigner();
  const signedPayload = { ...payload, at: new Date().toISOString() };
  return encodeEnvelope(await signEnvelope(signedPayload, { signer, type: 'mcp.attestation' }));
}

/** Every operation that runs in the gateway: one that is missing does not compile, and fails below. */
const cases: { readonly [Id in RemoteId]: TenancyCase } = {
  ...coordinationCases,
  'agents.register': { about: 'own', input: () => ({ name: `n-${crypto.randomUUID()}` }) },
  'agents.get': { about: 'hidden', input: ({ agentId }) => ({ agentId }) },
  'agents.find': { about: 'own' },
  'agents.list': { about: 'own' },
  'agents.update': { about: 'own', input: () => ({ description: 'changed' }) },
  'agents.rotateKey': { about: 'own', input: () => ({ newDid: newSigner().did, proof: 'x' }) },
  'agents.revoke': { about: 'hidden', input: ({ agentId }) => ({ agentId, reason: 'rival' }) },
  'actions.verify': { about: 'own', input: () => ({ action: 'a.b', risk: 'low' }) },
  'actions.wait': { about: 'hidden', input: ({ actionId }) => ({ actionId }) },
  'actions.start': {
    about: 'hidden',
    input: ({ approvedActionId: actionId }) => ({ actionId, parametersDigest: digest }),
  },
  'actions.complete': {
    about: 'hidden',
    input: ({ approvedActionId: actionId }) => ({ actionId, parametersDigest: digest, outcome: 'executed' }),
  },
  'actions.log': { about: 'own', input: () => ({ action: 'a.b', outcome: 'executed' }) },
  'actions.get': { about: 'hidden', input: ({ actionId }) => ({ actionId }) },
  'actions.list': { about: 'own', input: ({ agentId }) => ({ agentId }) },
  'approvals.list': { about: 'own', input: ({ agentId }) => ({ agentId }) },
  'approvals.get': { about: 'hidden', input: ({ approvalId }) => ({ approvalId }) },
  'approvals.decide': {
    about: 'hidden',
    input: ({ approvalId, parametersDigest }) => ({ approvalId, parametersDigest, decision: 'approve' }),
  },
  'approvals.watch': { about: 'own' },
  'capabilities.request': { about: 'own', input: () => ({ capability: 'a.b', reason: 'why' }) },
  'capabilities.list': { about: 'own', input: ({ agentId }) => ({ agentId }) },
  'capabilities.grant': { about: 'hidden', input: ({ agentId }) => ({ agentId, capability: 'a.b' }) },
  'capabilities.decide': {
    about: 'hidden',
    input: ({ capabilityId }) => ({ capabilityId, decision: 'grant' }),
  },
  'capabilities.revoke': { about: 'hidden', input: ({ capabilityId }) => ({ capabilityId }) },
  'policies.get': { about: 'own' },
  'policies.list': { about: 'own' },
  'policies.put': { about: 'own', input: () => ({ cedar: '' }) },
  'policies.lint': { about: 'own', input: () => ({ cedar: '' }) },
  'policies.test': {
    about: 'own',
    input: () => ({ cases: [{ name: 'x', action: 'a.b', expect: 'approved' }] }),
  },
  'policies.explain': { about: 'hidden', input: ({ actionId }) => ({ actionId }) },
  'trust.get': { about: 'hidden', input: ({ agentId }) => ({ agentId }) },
  'trust.history': { about: 'hidden', input: ({ agentId }) => ({ agentId }) },
  'trust.giveFeedback': { about: 'hidden', input: ({ agentId }) => ({ agentId, rating: 'negative' }) },
  'audit.list': { about: 'own', input: ({ agentId }) => ({ agentId }) },
  'audit.getCheckpoint': { about: 'own' },
  'audit.proveInclusion': { about: 'own', input: () => ({ sequence: 1 }) },
  'audit.proveConsistency': { about: 'own', input: () => ({ fromSize: 1 }) },
  'audit.export': { about: 'own' },
  'compliance.report': { about: 'hidden', input: ({ agentId }) => ({ agentId, reportType: 'soc2' }) },
  'alerts.list': { about: 'own', input: ({ agentId }) => ({ agentId }) },
  'alerts.acknowledge': { about: 'hidden', input: ({ alertId }) => ({ alertId }) },
  'alerts.resolve': { about: 'hidden', input: ({ alertId }) => ({ alertId, resolution: 'fixed' }) },
  'alerts.watch': { about: 'own' },
  'mcpServers.pin': { about: 'own', input: () => ({ name: `s-${crypto.randomUUID()}`, manifest }) },
  'mcpServers.report': { about: 'hidden', input: ({ serverId }) => ({ serverId, manifest }) },
  'mcpServers.attest': {
    about: 'hidden',
    input: async ({ serverId }, sender) => ({
      ...{ serverId, toolsDigest: digest },
      envelope: await attestation({ serverId, toolsDigest: digest }, sender),
    }),
  },
  'mcpServers.approveChange': {
    about: 'hidden',
    input: ({ serverId }) => ({ serverId, seenDigest: digest }),
  },
  'mcpServers.get': { about: 'hidden', input: ({ serverId }) => ({ serverId }) },
  'mcpServers.list': { about: 'own' },
  'artifacts.put': { about: 'own', input: () => ({ content: 'aGk=', mediaType: 'text/plain' }) },
  'artifacts.get': { about: 'hidden', input: ({ cid }) => ({ cid }) },
  'jobs.get': { about: 'shared', input: () => ({ jobId: '1' }) },
  'jobs.list': { about: 'shared' },
  'jobs.listHistory': { about: 'shared', input: () => ({ jobId: '1' }) },
  'jobs.watch': { about: 'shared' },
  'jobs.shareConsent': { about: 'shared', input: () => ({ jobId: '1', consent }) },
  'jobs.listConsents': { about: 'shared', input: () => ({ jobId: '1' }) },
  'disputes.get': { about: 'shared', input: () => ({ jobId: '1' }) },
  'disputes.list': { about: 'shared' },
  'arbitrators.get': { about: 'shared', input: () => ({ address: ADDRESS }) },
  'arbitrators.list': { about: 'shared' },
  'templates.get': { about: 'shared', input: () => ({ templateId: 1 }) },
  'templates.list': { about: 'shared' },
  'treasury.getBalances': { about: 'shared' },
  'treasury.getStats': { about: 'shared' },
  'usdc.getBalance': { about: 'shared', input: () => ({ address: ADDRESS }) },
  'usdc.getAllowance': { about: 'shared', input: () => ({ owner: ADDRESS, spender: ADDRESS }) },
  'wallets.get': { about: 'hidden', input: ({ agentId }) => ({ agentId }) },
  'identities.get': { about: 'shared', input: () => ({ chainAgentId: '1' }) },
  'validations.get': { about: 'shared', input: () => ({ requestHash: HASH }) },
  'validations.list': { about: 'shared', input: () => ({ chainAgentId: '1' }) },
  'reputation.get': { about: 'shared', input: () => ({ chainAgentId: '1' }) },
  'reputation.list': { about: 'shared', input: () => ({ chainAgentId: '1' }) },
  'relay.submit': { about: 'own', input: () => ({ signedTransaction: '0x02' }) },
  'relay.get': { about: 'hidden', input: () => ({ transactionHash: HASH }) },
  'events.stream': { about: 'own' },
  'gateway.getHealth': { about: 'shared' },
  'gateway.getInfo': { about: 'shared' },
  'members.invite': { about: 'own', input: () => ({ name: 'Eve', role: 'member' }) },
  'members.join': { about: 'own', input: () => ({ invitation: 'bfi_made-up' }) },
  'members.list': { about: 'own' },
  'members.setRole': { about: 'hidden', input: ({ memberId }) => ({ memberId, role: 'owner' }) },
  'members.remove': { about: 'hidden', input: ({ memberId }) => ({ memberId }) },
  'tokens.create': { about: 'own', input: () => ({ name: 'x', role: 'reader' }) },
  'tokens.list': { about: 'own' },
  'tokens.revoke': { about: 'hidden', input: ({ tokenId }) => ({ tokenId }) },
  'workspaces.get': { about: 'own' },
  'workspaces.update': { about: 'own', input: () => ({ settings: { criticalApprovers: 1 } }) },
  'webhooks.create': { about: 'own', input: () => ({ url: 'https://rival.example/x', types: ['action.*'] }) },
  'webhooks.list': { about: 'own' },
  'webhooks.delete': { about: 'hidden', input: ({ webhookId }) => ({ webhookId }) },
  'webhooks.listDeliveries': { about: 'hidden', input: ({ webhookId }) => ({ webhookId }) },
  'webhooks.redeliver': {
    about: 'hidden',
    input: ({ webhookId, deliveryId }) => ({ webhookId, deliveryId }),
  },
};

const remote = operationList.filter((operation): operation is Remote => operation.kind !== 'local');
const ids = remote.map(({ id }) => id as RemoteId);
const operationOf = (id: RemoteId): Remote => {
  const operation = remote.find((each) => each.id === id);
  if (!operation) throw new Error(id);
  return operation;
};

let gateway: TestGateway;
let receiver: Receiver;
let victim: World;
let rival: World;
beforeAll(async () => {
  receiver = await startReceiver();
  const webhooks = { allowHttp: true, allowPrivateAddresses: true };
  gateway = await startGateway({ heartbeatMs: 50, webhooks });
  victim = await fillWorkspace(gateway, { workspace: 'victim', webhookUrl: receiver.url });
  rival = await fillWorkspace(gateway, { workspace: 'rival', webhookUrl: receiver.url });
  await vi.waitFor(() => expect(workspacesOfLowTrust()).toEqual(['rival', 'victim']), 20_000);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

/** Calls an operation. Of a stream that opens, it reads what comes until the gateway has nothing more to say. */
async function ask(sender: Sender, { id, input }: { id: RemoteId; input: Body }): Promise<Answer> {
  const request = toRequest(id, { input });
  const operation = operationOf(id);
  if (operation.kind === 'remote') return gateway.send(sender, request);
  const abort = new AbortController();
  const init = await signed(gateway.url, { sender, request });
  const replay = id === 'events.stream' ? { 'last-event-id': '0' } : {};
  const headers = { ...init.headers, ...replay };
  const response = await fetch(gateway.url + request.path, { ...init, headers, signal: abort.signal });
  if (response.status !== 200) return toAnswer(response);
  const body = await readUntilQuiet(response);
  abort.abort();
  return { status: 200, headers: response.headers, body };
}

/** A heartbeat is sent only when nothing else is under way. */
async function readUntilQuiet(response: Response): Promise<string> {
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (/^:$|^event: end$/m.test(text)) break;
  }
  return text;
}

/** The worker says in its own time that the agents above lost trust; that is no work of a request below. */
function workspacesOfLowTrust(): unknown[] {
  const file = new DatabaseSync(gateway.database, { readOnly: true });
  const rows = file.prepare(`SELECT workspace FROM alerts WHERE type = 'trust.low' ORDER BY workspace`).all();
  file.close();
  return rows.map(({ workspace }) => workspace);
}

const inputOf = async (id: RemoteId, { of, sender }: { of: Ids; sender: Sender }): Promise<Body> =>
  (await cases[id].input?.(of, sender)) ?? {};

/** Ids that nothing has. */
function unknownIds(): Ids {
  const names = Object.keys(victim.ids) as (keyof Ids)[];
  const made = Object.fromEntries(names.map((name) => [name, crypto.randomUUID()]));
  return { ...made, parametersDigest: digest, cid: `bafkrei${'a'.repeat(52)}` } as unknown as Ids;
}

function isRefusedByScope({ body }: Answer): boolean {
  return body?.code === 'FORBIDDEN' && body.details?.scope !== undefined;
}

/** Every row that belongs to the workspace, in every table. */
function rowsOf(workspace: string): unknown {
  const file = new DatabaseSync(gateway.database, { readOnly: true });
  const tables = file.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
  const owned = tables
    .map(({ name }) => String(name))
    .filter((name) => !DERIVED.has(name))
    .filter((name) =>
      file
        .prepare(`PRAGMA table_info(${name})`)
        .all()
        .some((column) => column.name === 'workspace'),
    );
  const rows = owned.map((name) => [
    name,
    file
      .prepare(`SELECT * FROM ${name} WHERE workspace = ?`)
      .all(workspace)
      .map(({ cursor: _, ...row }) => row),
  ]);
  file.close();
  return Object.fromEntries(rows);
}

/** What workers derive from events, in their own time: deliveries, and scores. How far they are is the cursor of a row. */
const DERIVED = new Set(['deliveries', 'tallies', 'trust_scores', 'trust_history']);

describe('the table', () => {
  it('has every operation that runs in the gateway, and no other', () => {
    expect(Object.keys(cases).toSorted()).toEqual(ids.toSorted());
  });
});

describe('without credentials', () => {
  it.each(ids)('%s answers only what is public', async (id) => {
    const { access } = operationOf(id);
    const { status, body } = await ask(
      {},
      { id, input: await inputOf(id, { of: unknownIds(), sender: {} }) },
    );
    if (access === 'public' && id !== 'members.join') expect(status).toBe(200);
    else expect({ status, code: body.code }).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
  });
});

describe.each([
  'owner',
  'approver',
  'auditor',
  'member',
  'reader',
  'enrolment',
  'agent',
] as const satisfies readonly Sending[])('as %s', (role) => {
  it.each(ids)('%s is what the table of scopes says', async (id) => {
    const { access } = operationOf(id);
    const sender = rival.senders[role];
    const before = rowsOf('rival');
    const answer = await ask(sender, { id, input: await inputOf(id, { of: unknownIds(), sender }) });
    const isAllowed =
      access === 'public' || (access === 'enrolment' ? role === 'agent' : isGranted(role, access as Scope));
    if (isAllowed) {
      expect(isRefusedByScope(answer), JSON.stringify(answer.body)).toBe(false);
      const statuses = id === 'workspaces.switch' ? [501] : [200, 400, 401, 403, 404, 409, 503];
      expect(statuses, JSON.stringify(answer.body)).toContain(answer.status);
    } else {
      expect(
        access === 'enrolment' ? answer.status === 401 : isRefusedByScope(answer),
        String(answer.status),
      ).toBe(true);
      expect(rowsOf('rival')).toEqual(before);
    }
  });
});

describe.each(['owner', 'agent', 'reader'] as const)('as %s of another workspace', (role) => {
  it.each(ids)('%s shows nothing and changes nothing', async (id) => {
    const before = rowsOf('victim');
    const sender = rival.senders[role];
    const answer = await ask(sender, { id, input: await inputOf(id, { of: victim.ids, sender }) });
    if (cases[id].about === 'hidden') {
      expect([403, 404, 503], JSON.stringify(answer.body)).toContain(answer.status);
      if (answer.status === 503) expect(id).toMatch(/^(relay|services)\./);
    } else if (answer.status === 200) {
      const shown = JSON.stringify(answer.body);
      for (const secret of ['victim', ...Object.values(victim.ids)]) {
        if (secret === victim.ids.cid || secret === victim.ids.parametersDigest) continue;
        expect(shown.includes(secret), `${id} shows ${secret}`).toBe(false);
      }
    }
    expect(rowsOf('victim')).toEqual(before);
  });
});
