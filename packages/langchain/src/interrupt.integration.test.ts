import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Agent, type Client, connect, secure } from '@bonafide/core';
import { createKeyPair, signerFromSeed } from '@bonafide/core/identity';
import { createGateway, type Gateway } from '@bonafide/gateway';
import { AIMessage, ToolMessage } from '@langchain/core/messages';
import { DynamicStructuredTool } from '@langchain/core/tools';
import { Command, MemorySaver } from '@langchain/langgraph';
import { createAgent, fakeModel, type HITLResponse } from 'langchain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApprovalInterrupt, createGuardMiddleware } from './middleware.ts';

const { seed } = createKeyPair();
let folder = '';
let gateway: Gateway;
let ownerToken: string;
let owner: Client;
let agent: Agent;

async function start(): Promise<void> {
  gateway = await createGateway({ database: join(folder, 'gateway.db'), port: 0, logLevel: 'silent' });
}

async function connectAll(): Promise<void> {
  const { url } = await gateway.listen();
  owner = connect({ url, token: ownerToken });
  agent = await secure('payer', { url, signer: signerFromSeed(seed) });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-interrupt-'));
  await start();
  ({ ownerToken } = await gateway.createWorkspace('default'));
  await connectAll();
});

afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

type Payment = Record<string, unknown>;

interface Desk {
  readonly action: string;
  readonly saver?: MemorySaver;
  /** What a model asks for at once. */
  readonly payments?: readonly Payment[];
}

let threads = 0;

/** An assistant that wants to pay; `run` starts or resumes it and says where it stands. */
function openDesk({ action, saver = new MemorySaver(), payments = [{ to: 'bob', amount: 50 }] }: Desk) {
  const thread = { configurable: { thread_id: `thread-${++threads}` } };
  return { thread, saver, ...resumeDesk({ action, saver, payments }, thread) };
}

function resumeDesk(
  { action, saver, payments = [] }: Desk,
  thread: { readonly configurable: { readonly thread_id: string } },
) {
  const runs: Payment[] = [];
  const pay = new DynamicStructuredTool({
    name: 'pay',
    description: 'Pay someone',
    schema: {
      type: 'object' as const,
      properties: { to: { type: 'string' as const }, amount: { type: 'number' as const } },
      required: ['to', 'amount'],
    },
    func: async (input: Payment) => {
      runs.push(input);
      return 'paid';
    },
  });
  const isResumed = payments.length === 0;
  const model = isResumed
    ? fakeModel().respond(new AIMessage('done'))
    : fakeModel()
        .respondWithTools(payments.map((args) => ({ name: 'pay', args })))
        .respond(new AIMessage('done'));
  const guard = createGuardMiddleware(agent, {
    approval: 'interrupt',
    actions: { pay: { action, risk: 'high' } },
  });
  const assistant = createAgent({
    model,
    tools: [pay],
    middleware: [guard],
    ...(saver ? { checkpointer: saver } : {}),
  });
  const run = async (resume?: unknown) => {
    const input =
      resume === undefined ? { messages: [{ role: 'user', content: 'pay' }] } : new Command({ resume });
    const state = (await assistant.invoke(input as never, thread)) as unknown as {
      readonly messages: readonly unknown[];
      readonly __interrupt__?: readonly { readonly id?: string; readonly value: ApprovalInterrupt }[];
    };
    const interrupts = state.__interrupt__ ?? [];
    return {
      ids: interrupts.map(({ id }) => id ?? ''),
      waiting: interrupts.map(({ value }) => value),
      told: state.messages.filter((message) => ToolMessage.isInstance(message)),
    };
  };
  return { run, runs };
}

const approve: HITLResponse = { decisions: [{ type: 'approve' }] };

async function decide(waiting: ApprovalInterrupt | undefined, decision: 'approve' | 'deny'): Promise<void> {
  const { approvalId = '', parametersDigest = '' } = waiting?.bonafide ?? {};
  await owner.approvals.decide({ approvalId, parametersDigest, decision, reason: 'Because I say so.' });
}

const actionsNamed = async (action: string) => (await owner.actions.list({ action })).items;

describe("the guard with approval: 'interrupt'", () => {
  it('interrupts as humanInTheLoopMiddleware does, and runs once when the gateway has an approval', async () => {
    const { run, runs } = openDesk({ action: 'bank.approve' });
    const { waiting } = await run();
    expect(waiting).toEqual([
      {
        actionRequests: [
          {
            name: 'pay',
            args: { to: 'bob', amount: 50 },
            description: expect.stringContaining('bank.approve'),
          },
        ],
        reviewConfigs: [{ actionName: 'pay', allowedDecisions: ['approve', 'edit', 'reject'] }],
        bonafide: expect.objectContaining({ approvalId: expect.any(String), risk: 'high' }),
      },
    ]);
    await decide(waiting[0], 'approve');
    const { told } = await run(approve);
    expect(runs).toEqual([{ to: 'bob', amount: 50 }]);
    expect(told.map(({ text }) => text)).toEqual(['paid']);
    expect(await actionsNamed('bank.approve')).toMatchObject([
      { status: 'executed', parameters: { to: 'bob', amount: 50 } },
    ]);
  });

  it.each([
    ['an approval', approve],
    ['anything else', 'yes'],
    ['nothing', {}],
  ])('a resume with %s alone permits nothing: the same question waits on', async (name, resume) => {
    const action = `bank.alone.${name.replaceAll(' ', '-')}`;
    const { run, runs } = openDesk({ action });
    const first = await run();
    const second = await run(resume);
    expect(second.waiting).toEqual(first.waiting);
    expect(runs).toEqual([]);
    await decide(first.waiting[0], 'approve');
    await run(approve);
    expect(runs).toHaveLength(1);
    expect(await actionsNamed(action)).toHaveLength(1);
  });

  it('does not run what was denied, and tells the model why', async () => {
    const { run, runs } = openDesk({ action: 'bank.deny' });
    const { waiting } = await run();
    await decide(waiting[0], 'deny');
    const { told } = await run(approve);
    expect(runs).toEqual([]);
    expect(told).toMatchObject([{ status: 'error', artifact: { code: 'DENIED' } }]);
    expect(told[0]?.text).toContain('Because I say so.');
  });

  it('does not run what the resumer rejects, also when the gateway has an approval', async () => {
    const { run, runs } = openDesk({ action: 'bank.reject' });
    const { waiting } = await run();
    await decide(waiting[0], 'approve');
    const { told } = await run({ decisions: [{ type: 'reject', message: 'Not today.' }] });
    expect(runs).toEqual([]);
    expect(told[0]?.text).toContain('Not today.');
  });

  it('asks anew for edited arguments, and runs those that were approved', async () => {
    const { run, runs } = openDesk({ action: 'bank.edit' });
    const { waiting } = await run();
    await decide(waiting[0], 'approve');
    const editedAction = { name: 'pay', args: { to: 'bob', amount: 5 } };
    const edited = await run({ decisions: [{ type: 'edit', editedAction }] });
    expect(runs).toEqual([]);
    expect(edited.waiting).toMatchObject([{ actionRequests: [{ args: { to: 'bob', amount: 5 } }] }]);
    await decide(edited.waiting[0], 'approve');
    await run(approve);
    expect(runs).toEqual([{ to: 'bob', amount: 5 }]);
    expect(await actionsNamed('bank.edit')).toMatchObject([
      { status: 'executed', parameters: { amount: 5 } },
      { status: 'approved', parameters: { amount: 50 } },
    ]);
  });

  it('does not let an edit change the tool', async () => {
    const { run, runs } = openDesk({ action: 'bank.rename' });
    await run();
    const editedAction = { name: 'steal', args: {} };
    const { told } = await run({ decisions: [{ type: 'edit', editedAction }] });
    expect(told).toMatchObject([{ status: 'error', artifact: { code: 'DENIED' } }]);
    expect(runs).toEqual([]);
  });

  it('asks once for each of several calls, resumed by the ids of their interrupts', async () => {
    const payments = [
      { to: 'bob', amount: 1 },
      { to: 'eve', amount: 2 },
    ];
    const { run, runs } = openDesk({ action: 'bank.both', payments });
    const { waiting, ids } = await run();
    expect(waiting).toHaveLength(2);
    const eve = waiting.findIndex((each) => each.actionRequests[0]?.args.to === 'eve');
    await decide(waiting[eve], 'approve');
    await decide(waiting[1 - eve], 'deny');
    const { told } = await run(Object.fromEntries(ids.map((id) => [id, approve])));
    expect(runs).toEqual([{ to: 'eve', amount: 2 }]);
    expect(told.map(({ status }) => status).sort()).toEqual(['error', 'success']);
    expect(await actionsNamed('bank.both')).toHaveLength(2);
  });

  it('finds its question again after a restart of gateway and agent', async () => {
    const { run, runs, saver, thread } = openDesk({ action: 'bank.restart' });
    const { waiting } = await run();
    await agent[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
    await start();
    await connectAll();
    await decide(waiting[0], 'approve');
    const copy = new MemorySaver();
    Object.assign(copy, structuredClone({ storage: saver.storage, writes: saver.writes }));
    const resumed = resumeDesk({ action: 'bank.restart', saver: copy }, thread);
    expect((await resumed.run(approve)).told.map(({ text }) => text)).toEqual(['paid']);
    expect(resumed.runs).toEqual([{ to: 'bob', amount: 50 }]);
    expect(await actionsNamed('bank.restart')).toHaveLength(1);

    // The old process is still there and resumes as well: what is used up is used up.
    const old = resumeDesk({ action: 'bank.restart', saver }, thread);
    expect((await old.run(approve)).told).toMatchObject([{ status: 'error', artifact: { code: 'DENIED' } }]);
    expect([...old.runs, ...runs]).toEqual([]);
  });

  it('says what is missing without a checkpointer, and runs nothing', async () => {
    const { run, runs } = resumeDesk(
      { action: 'bank.nowhere', payments: [{ to: 'bob', amount: 50 }] },
      { configurable: { thread_id: 'nowhere' } },
    );
    await expect(run()).rejects.toThrow(/checkpointer/i);
    expect(runs).toEqual([]);
  });
});

describe('an interrupted call whose question expired', () => {
  it('does not run', async () => {
    const short = await createGateway({
      database: join(folder, 'short.db'),
      port: 0,
      logLevel: 'silent',
      approvalTtlMs: 200,
    });
    const { url } = await short.listen();
    const before = agent;
    agent = await secure('late', { url, signer: signerFromSeed(createKeyPair().seed) });
    try {
      const { run, runs } = openDesk({ action: 'bank.late' });
      const { waiting } = await run();
      const { actionId = '' } = waiting[0]?.bonafide ?? {};
      for await (const { status } of agent.actions.wait({ actionId })) if (status !== 'pending') break;
      const { told } = await run(approve);
      expect(told).toMatchObject([{ status: 'error', artifact: { code: 'EXPIRED' } }]);
      expect(runs).toEqual([]);
    } finally {
      await agent[Symbol.asyncDispose]();
      await short[Symbol.asyncDispose]();
      agent = before;
    }
  });
});
