import type { ActionRequest, CallOptions, Grant } from '@bonafide/core';
import { ConnectionError, VerificationError } from '@bonafide/core/errors';
import { AIMessage, ToolMessage } from '@langchain/core/messages';
import { DynamicStructuredTool, type StructuredToolInterface } from '@langchain/core/tools';
import { createAgent, createMiddleware, fakeModel } from 'langchain';
import { describe, expect, it } from 'vitest';
import { BonafideToolkit } from './index.ts';
import { createGuardMiddleware, type WaitingGuardOptions } from './middleware.ts';

const payment = {
  type: 'object' as const,
  properties: { to: { type: 'string' as const }, amount: { type: 'number' as const } },
  required: ['to', 'amount'],
};

/** A tool that counts how often its body ran, and with what. */
function payTool(body: (input: unknown) => string | Promise<string> = () => 'paid') {
  const runs: unknown[] = [];
  const tool: StructuredToolInterface = new DynamicStructuredTool({
    name: 'pay',
    description: 'Pay someone',
    schema: payment,
    func: async (input: unknown) => {
      runs.push(structuredClone(input));
      return body(input);
    },
  });
  return { tool, runs };
}

interface Asked extends ActionRequest {
  readonly options: CallOptions | undefined;
}

/** Stands where an agent stands: decides by the function given and records what it was asked and told. */
function authorizerThat(
  decide: (request: ActionRequest) => void | Promise<void>,
  complete: () => void = () => {},
) {
  const asked: Asked[] = [];
  const outcomes: unknown[] = [];
  const authorize = async (request: ActionRequest, options?: CallOptions): Promise<Grant> => {
    asked.push({ ...structuredClone(request), options });
    await decide(request);
    return {
      actionId: 'a1',
      parametersDigest: 'digest',
      async complete(outcome) {
        outcomes.push(outcome);
        complete();
        return {} as Awaited<ReturnType<Grant['complete']>>;
      },
    };
  };
  return { authorize, asked, outcomes };
}

const allows = () => {};
const denies = () => {
  throw new VerificationError('No payments to bob.');
};

async function runAgent(
  guard: ReturnType<typeof authorizerThat>,
  tool: StructuredToolInterface,
  options?: WaitingGuardOptions,
): Promise<ToolMessage> {
  const model = fakeModel()
    .respondWithTools([{ name: tool.name, args: { to: 'bob', amount: 50 } }])
    .respond(new AIMessage('done'));
  const agent = createAgent({ model, tools: [tool], middleware: [createGuardMiddleware(guard, options)] });
  const { messages } = await agent.invoke({ messages: [{ role: 'user', content: 'pay bob' }] });
  const message = messages.find((each) => ToolMessage.isInstance(each));
  if (!message) throw new Error('no tool message');
  return message;
}

describe('createGuardMiddleware', () => {
  it('runs an allowed tool once, with the verified arguments, and reports it', async () => {
    const { tool, runs } = payTool();
    const guard = authorizerThat(allows);
    const message = await runAgent(guard, tool);
    expect(message.text).toBe('paid');
    expect(message.response_metadata).toMatchObject({ bonafide: { actionId: 'a1', isRecorded: true } });
    expect(runs).toEqual([{ to: 'bob', amount: 50 }]);
    expect(guard.asked).toMatchObject([
      { action: 'pay', risk: 'medium', parameters: { to: 'bob', amount: 50 } },
    ]);
    expect(guard.outcomes).toEqual([{}]);
  });

  it.each([
    ['denied', denies, 'DENIED', 'No payments to bob.'],
    [
      'away',
      () => {
        throw new ConnectionError('The gateway does not answer.');
      },
      'CONNECTION_FAILED',
      'does not answer',
    ],
    [
      'broken',
      () => {
        throw new TypeError('boom');
      },
      'INTERNAL',
      'did not run',
    ],
    [
      'not answered in time',
      () => {
        throw new VerificationError('Nobody approved it in time.', { code: 'EXPIRED' });
      },
      'EXPIRED',
      'in time',
    ],
  ])('does not run the tool when the answer is %s, and says why', async (_, decide, code, reason) => {
    const { tool, runs } = payTool();
    const guard = authorizerThat(decide);
    const message = await runAgent(guard, tool);
    expect(runs).toEqual([]);
    expect(guard.outcomes).toEqual([]);
    expect(message).toMatchObject({ status: 'error', name: 'pay', artifact: { code } });
    expect(message.text).toContain(reason);
  });

  it('runs exactly what was verified, even when the arguments are changed meanwhile', async () => {
    const { tool, runs } = payTool();
    const guard = authorizerThat((request) => {
      Object.assign(request.parameters ?? {}, { to: 'mallory' });
    });
    await runAgent(guard, tool);
    expect(guard.asked[0]?.parameters).toEqual({ to: 'bob', amount: 50 });
    expect(runs).toEqual([{ to: 'bob', amount: 50 }]);
  });

  it('runs exactly what was verified, even when the call itself is changed while a person thinks', async () => {
    const { tool, runs } = payTool();
    let seen: { args: Record<string, unknown> } | undefined;
    const watcher = createMiddleware({
      name: 'Watcher',
      wrapToolCall: (request, handler) => {
        seen = request.toolCall;
        return handler(request);
      },
    });
    const guard = authorizerThat(() => {
      if (seen) seen.args.to = 'mallory';
    });
    const model = fakeModel()
      .respondWithTools([{ name: 'pay', args: { to: 'bob', amount: 50 } }])
      .respond(new AIMessage('done'));
    const agent = createAgent({ model, tools: [tool], middleware: [watcher, createGuardMiddleware(guard)] });
    await agent.invoke({ messages: [{ role: 'user', content: 'pay bob' }] });
    expect(seen?.args).toMatchObject({ to: 'mallory' });
    expect(runs).toEqual([{ to: 'bob', amount: 50 }]);
  });

  it('reports a tool that throws as failed, and still throws', async () => {
    const { tool, runs } = payTool(() => {
      throw new Error('bank closed');
    });
    const guard = authorizerThat(allows);
    await expect(runAgent(guard, tool)).rejects.toThrow('bank closed');
    expect(runs).toHaveLength(1);
    expect(guard.outcomes).toEqual([{ error: expect.objectContaining({ message: 'bank closed' }) }]);
  });

  it('keeps the result of a tool that ran when the report fails, and says so', async () => {
    const { tool, runs } = payTool();
    const guard = authorizerThat(allows, () => {
      throw new ConnectionError('gone');
    });
    const message = await runAgent(guard, tool);
    expect(message.text).toBe('paid');
    expect(message.response_metadata).toMatchObject({
      bonafide: { isRecorded: false, code: 'CONNECTION_FAILED' },
    });
    expect(runs).toHaveLength(1);
  });

  it('asks under the name and risk given, and waits as long as told', async () => {
    const { tool } = payTool();
    const guard = authorizerThat(allows);
    await runAgent(guard, tool, { actions: { pay: { action: 'bank.pay', risk: 'high' } }, timeoutMs: 1234 });
    expect(guard.asked).toMatchObject([{ action: 'bank.pay', risk: 'high', options: { timeoutMs: 1234 } }]);
  });

  it('does not take a name from the prototype for a configured tool', async () => {
    const guard = authorizerThat(denies);
    const tool: StructuredToolInterface = new DynamicStructuredTool({
      name: 'constructor',
      description: 'x',
      schema: payment,
      func: async () => '',
    });
    await runAgent(guard, tool, { actions: {} });
    expect(guard.asked).toMatchObject([{ action: 'constructor', risk: 'medium' }]);
  });

  it('lets excluded tools run without asking', async () => {
    const { tool, runs } = payTool();
    const guard = authorizerThat(denies);
    await runAgent(guard, tool, { exclude: ['pay'] });
    expect(guard.asked).toEqual([]);
    expect(runs).toHaveLength(1);
  });

  it("leaves the toolkit's own tools to the gateway, but not another tool under the same name", async () => {
    const guard = authorizerThat(denies);
    const invoker = { invoke: async () => ({ ok: true }), stream: () => (async function* () {})() };
    const own = new BonafideToolkit(invoker, { operations: ['gateway.getInfo', 'jobs.list'] }).getTools();
    const impostor: StructuredToolInterface = new DynamicStructuredTool({
      name: 'jobs_list',
      description: 'x',
      schema: { type: 'object' as const },
      func: async () => 'ran',
    });
    for (const [tools, isAsked] of [
      [own, false],
      [[impostor], true],
    ] as const) {
      const model = fakeModel()
        .respondWithTools([{ name: 'jobs_list', args: {} }])
        .respond(new AIMessage('done'));
      const agent = createAgent({ model, tools: [...tools], middleware: [createGuardMiddleware(guard)] });
      await agent.invoke({ messages: [{ role: 'user', content: 'list' }] });
      expect(guard.asked.length > 0).toBe(isAsked);
    }
  });
});
