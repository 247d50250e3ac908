import type { ActionRequest, Agent, Grant } from '@bonafide/core';
import { type BonafideError, ConnectionError, VerificationError } from '@bonafide/core/errors';
import { AIMessage, ToolMessage } from '@langchain/core/messages';
import { DynamicStructuredTool, DynamicTool } from '@langchain/core/tools';
import { createAgent, fakeModel } from 'langchain';
import { describe, expect, it } from 'vitest';
import { BonafideCallbackHandler, type CallbackHandlerOptions } from './index.ts';

const payment = {
  type: 'object' as const,
  properties: { to: { type: 'string' as const }, amount: { type: 'number' as const } },
  required: ['to', 'amount'],
};

interface Setup extends CallbackHandlerOptions {
  readonly decide?: () => void;
  readonly complete?: () => void;
  readonly body?: () => string;
}

function setUp({ decide = () => {}, complete = () => {}, body = () => 'paid', ...options }: Setup = {}) {
  const asked: ActionRequest[] = [];
  const outcomes: unknown[] = [];
  const warnings: BonafideError[] = [];
  const runs: unknown[] = [];
  const authorize: Agent['authorize'] = async (request) => {
    asked.push(request);
    decide();
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
  const onWarning = (warning: BonafideError): void => void warnings.push(warning);
  const handler = new BonafideCallbackHandler({ authorize }, { onWarning, ...options });
  const tool = new DynamicStructuredTool({
    name: 'pay',
    description: 'Pay someone',
    schema: payment,
    func: async (input: unknown) => {
      runs.push(input);
      return body();
    },
  });
  return { asked, outcomes, warnings, runs, handler, tool };
}

const args = { to: 'bob', amount: 50 };
const deny = () => {
  throw new VerificationError('No payments to bob.');
};

describe('BonafideCallbackHandler', () => {
  it('asks with the name and arguments of the tool, lets it run, and reports', async () => {
    const { handler, tool, asked, outcomes, runs } = setUp({ actions: { pay: { action: 'bank.pay' } } });
    expect(await tool.invoke(args, { callbacks: [handler] })).toBe('paid');
    expect(asked).toEqual([{ action: 'bank.pay', parameters: args, risk: 'medium' }]);
    expect(outcomes).toEqual([{}]);
    expect(runs).toEqual([args]);
  });

  it.each([
    ['is denied', deny, 'No payments to bob.'],
    [
      'cannot be asked about',
      () => {
        throw new ConnectionError('The gateway is away.');
      },
      'is away',
    ],
  ])('keeps a tool from running that %s', async (_, decide, message) => {
    const { handler, tool, runs, outcomes } = setUp({ decide });
    await expect(tool.invoke(args, { callbacks: [handler] })).rejects.toThrow(message);
    expect(runs).toEqual([]);
    expect(outcomes).toEqual([]);
  });

  it('keeps the tools of an agent from running, and the model is told', async () => {
    const { handler, tool, runs } = setUp({ decide: deny });
    const model = fakeModel()
      .respondWithTools([{ name: 'pay', args }])
      .respond(new AIMessage('done'));
    const run = createAgent({ model, tools: [tool] }).invoke(
      { messages: [{ role: 'user', content: 'pay bob' }] },
      { callbacks: [handler] },
    );
    const outcome = await run.then(
      ({ messages }) => messages.filter((each) => ToolMessage.isInstance(each)).map(({ text }) => text),
      (error: Error) => [error.message],
    );
    expect(outcome.join()).toContain('No payments to bob.');
    expect(runs).toEqual([]);
  });

  it('reports a tool that throws as failed, and its own error comes out', async () => {
    const body = () => {
      throw new Error('bank closed');
    };
    const { handler, tool, outcomes } = setUp({ body });
    await expect(tool.invoke(args, { callbacks: [handler] })).rejects.toThrow('bank closed');
    expect(outcomes).toEqual([{ error: expect.objectContaining({ message: 'bank closed' }) }]);
  });

  it('warns, and the result stands, when the report fails', async () => {
    const complete = () => {
      throw new ConnectionError('gone');
    };
    const { handler, tool, warnings } = setUp({ complete });
    expect(await tool.invoke(args, { callbacks: [handler] })).toBe('paid');
    expect(warnings).toMatchObject([{ code: 'UNAVAILABLE', details: { actionId: 'a1' } }]);
  });

  it('asks about plain text as input, and not about excluded tools', async () => {
    const { handler, asked } = setUp({ exclude: ['quiet'] });
    for (const name of ['loud', 'quiet']) {
      const tool = new DynamicTool({ name, description: 'x', func: async (text) => text });
      expect(await tool.invoke('hello', { callbacks: [handler] })).toBe('hello');
    }
    expect(asked).toMatchObject([{ action: 'loud', parameters: { input: 'hello' } }]);
  });
});
