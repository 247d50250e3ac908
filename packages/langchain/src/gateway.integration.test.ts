import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Agent, type Client, connect, secure } from '@bonafide/core';
import { createKeyPair, signerFromSeed } from '@bonafide/core/identity';
import { createGateway, type Gateway } from '@bonafide/gateway';
import { AIMessage, ToolMessage } from '@langchain/core/messages';
import { DynamicStructuredTool, type StructuredToolInterface } from '@langchain/core/tools';
import { createAgent, fakeModel } from 'langchain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BonafideToolkit } from './index.ts';
import { createGuardMiddleware, type GuardOptions } from './middleware.ts';

const payment = {
  type: 'object' as const,
  properties: { to: { type: 'string' as const }, amount: { type: 'number' as const } },
  required: ['to', 'amount'],
};

const policies = `
@id("no-stealing") @reason("No stealing.")
forbid (principal, action, resource == Operation::"bank.steal");

@id("small-payments")
permit (principal, action, resource == Operation::"bank.pay")
when { context.parameters has amount && context.parameters.amount <= 50 };
`;

let folder = '';
let gateway: Gateway;
let agent: Agent;
let owner: Client;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-langchain-'));
  gateway = await createGateway({
    database: join(folder, 'gateway.db'),
    port: 0,
    logLevel: 'silent',
    policy: policies,
  });
  const { ownerToken } = await gateway.createWorkspace('default');
  const { url } = await gateway.listen();
  owner = connect({ url, token: ownerToken });
  // Asks again so rarely that only the stream can bring an answer.
  agent = await secure('payer', {
    url,
    signer: signerFromSeed(createKeyPair().seed),
    capabilities: ['bank.pay'],
    pollIntervalMs: 3_600_000,
  });
});

afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function payTool(): { readonly tool: StructuredToolInterface; readonly runs: unknown[] } {
  const runs: unknown[] = [];
  const tool = new DynamicStructuredTool({
    name: 'pay',
    description: 'Pay someone',
    schema: payment,
    func: async (input: unknown) => {
      runs.push(input);
      return 'paid';
    },
  });
  return { tool, runs };
}

async function pay(tool: StructuredToolInterface, options: GuardOptions): Promise<ToolMessage> {
  const model = fakeModel()
    .respondWithTools([{ name: 'pay', args: { to: 'bob', amount: 50 } }])
    .respond(new AIMessage('done'));
  const assistant = createAgent({
    model,
    tools: [tool],
    middleware: [createGuardMiddleware(agent, options)],
  });
  const { messages } = await assistant.invoke({ messages: [{ role: 'user', content: 'pay bob' }] });
  const message = messages.find((each) => ToolMessage.isInstance(each));
  if (!message) throw new Error('no tool message');
  return message;
}

/** Answers the first approval asked for this action, as a person would. */
async function answerFor(action: string, decision: 'approve' | 'deny'): Promise<void> {
  for await (const approval of owner.approvals.watch({})) {
    if (approval.action !== action || approval.status !== 'pending') continue;
    const { approvalId, parametersDigest } = approval;
    await owner.approvals.decide({ approvalId, parametersDigest, decision, reason: 'Because.' });
    return;
  }
}

async function lastAction(action: string) {
  return (await owner.actions.list({ action })).items[0];
}

describe('the guard against a real gateway', () => {
  it('vetoes what a rule denies: the body does not run', async () => {
    const { tool, runs } = payTool();
    const message = await pay(tool, { actions: { pay: { action: 'bank.steal' } } });
    expect(runs).toEqual([]);
    expect(message).toMatchObject({ status: 'error', artifact: { code: 'DENIED' } });
    expect(message.text).toContain('No stealing.');
    expect(await lastAction('bank.steal')).toMatchObject({ status: 'denied' });
  });

  it('runs what is approved, once, and its outcome is in the log', async () => {
    const { tool, runs } = payTool();
    const message = await pay(tool, { actions: { pay: { action: 'bank.pay' } } });
    expect(message.text).toBe('paid');
    expect(runs).toEqual([{ to: 'bob', amount: 50 }]);
    expect(await lastAction('bank.pay')).toMatchObject({
      status: 'executed',
      parameters: { to: 'bob', amount: 50 },
      actionId: (message.response_metadata.bonafide as { actionId: string }).actionId,
    });
  });

  it.each([
    ['approve', 1, 'executed'],
    ['deny', 0, 'denied'],
  ] as const)('waits for a person who says %s', async (decision, runCount, status) => {
    const { tool, runs } = payTool();
    const action = `bank.${decision}`;
    const answered = answerFor(action, decision);
    const message = await pay(tool, { actions: { pay: { action, risk: 'high' } } });
    await answered;
    expect(runs).toHaveLength(runCount);
    expect(message.status).toBe(runCount === 1 ? 'success' : 'error');
    expect(await lastAction(action)).toMatchObject({ status });
  });

  it('refuses when nobody answers in time', async () => {
    const { tool, runs } = payTool();
    const message = await pay(tool, { risk: 'critical', timeoutMs: 300 });
    expect(runs).toEqual([]);
    expect(message).toMatchObject({ status: 'error', artifact: { code: 'EXPIRED' } });
  });
});

describe('the toolkit against a real gateway', () => {
  it('finds agents, asks for permission and reads the log through createAgent', async () => {
    const tools = new BonafideToolkit(agent, {
      operations: ['agents.find', 'actions.verify', 'audit.list', 'jobs.get'],
    }).getTools();
    const model = fakeModel()
      .respondWithTools([{ name: 'agents_find', args: { capability: 'bank.pay' } }])
      .respondWithTools([{ name: 'actions_verify', args: { action: 'bank.look', risk: 'low' } }])
      .respondWithTools([{ name: 'audit_list', args: { limit: 5 } }])
      .respondWithTools([{ name: 'jobs_get', args: { jobId: '1' } }])
      .respond(new AIMessage('done'));
    const { messages } = await createAgent({ model, tools }).invoke({
      messages: [{ role: 'user', content: 'go' }],
    });
    const [found, verified, log, job] = messages.filter((message) => ToolMessage.isInstance(message));
    expect(found?.artifact).toMatchObject({ items: [{ name: 'payer', capabilities: ['bank.pay'] }] });
    expect(verified?.artifact).toMatchObject({ action: 'bank.look', status: 'approved' });
    expect(log?.artifact.items.length).toBeGreaterThan(0);
    // This gateway serves no chain.
    expect(job).toMatchObject({ status: 'error', artifact: { code: 'UNAVAILABLE' } });
  });
});

describe('the guard without its gateway', () => {
  it('fails closed', async () => {
    const other = await createGateway({ database: join(folder, 'other.db'), port: 0, logLevel: 'silent' });
    const { url } = await other.listen();
    const orphan = await secure('orphan', {
      url,
      signer: signerFromSeed(createKeyPair().seed),
      retry: { limit: 0 },
    });
    await other[Symbol.asyncDispose]();
    const { tool, runs } = payTool();
    const model = fakeModel()
      .respondWithTools([{ name: 'pay', args: { to: 'bob', amount: 50 } }])
      .respond(new AIMessage('done'));
    const assistant = createAgent({ model, tools: [tool], middleware: [createGuardMiddleware(orphan)] });
    const { messages } = await assistant.invoke({ messages: [{ role: 'user', content: 'pay bob' }] });
    expect(runs).toEqual([]);
    expect(messages.find((each) => ToolMessage.isInstance(each))).toMatchObject({
      status: 'error',
      artifact: { code: 'CONNECTION_FAILED' },
    });
  });
});
